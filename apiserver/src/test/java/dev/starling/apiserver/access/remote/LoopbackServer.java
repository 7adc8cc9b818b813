package dev.starling.apiserver.access.remote;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.starling.apiserver.access.Certificates;
import dev.starling.apiserver.access.ServerName;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.JsonWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/** An HTTPS server on loopback that answers JSON, and counts how often it was asked. */
final class LoopbackServer implements AutoCloseable {
    private final HttpsServer server;
    private final String authority;
    private final AtomicInteger asked = new AtomicInteger();

    /** @param answers by path and body; the empty object for 404 */
    LoopbackServer(Path folder, BiFunction<String, JsonObject, JsonObject> answers) throws IOException {
        var certificates = Certificates.open(folder, List.of(ServerName.of("127.0.0.1")), InstantSource.system());
        authority = certificates.authorityPem();
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificates.serverTls()));
        server.createContext("/", exchange -> answer(exchange, answers));
        server.start();
    }

    private void answer(HttpExchange exchange, BiFunction<String, JsonObject, JsonObject> answers) throws IOException {
        asked.incrementAndGet();
        byte[] body = exchange.getRequestBody().readAllBytes();
        var answer = answers.apply(exchange.getRequestURI().getPath(),
                body.length == 0 ? JsonObject.EMPTY : JsonReader.readObject(body));
        byte[] bytes = JsonWriter.bytes(answer);
        exchange.sendResponseHeaders(answer.isEmpty() ? 404 : 200, bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    URI address() {
        return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    }

    String authority() {
        return authority;
    }

    int asked() {
        return asked.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
