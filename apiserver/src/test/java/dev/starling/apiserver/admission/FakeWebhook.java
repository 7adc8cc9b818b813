package dev.starling.apiserver.admission;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.starling.apiserver.access.Certificates;
import dev.starling.apiserver.access.ServerName;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/** A webhook over HTTPS on a free port, known as 127.0.0.1 and as the Service {@code hook} in {@code default}. */
public final class FakeWebhook implements AutoCloseable {
    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final String authorityPem;
    private final List<JsonObject> requests = new CopyOnWriteArrayList<>();
    private final List<String> traces = new CopyOnWriteArrayList<>();

    public FakeWebhook(Path folder) {
        var certificates = Certificates.open(folder.resolve("hook-pki"),
                List.of(new ServerName.Address("127.0.0.1"), new ServerName.Dns("hook.default.svc")),
                InstantSource.system());
        authorityPem = certificates.authorityPem();
        try {
            server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setHttpsConfigurator(new HttpsConfigurator(certificates.serverTls()));
        server.setExecutor(threads);
        server.start();
    }

    /** Serves a path: the function makes a response of a request; its uid is filled in. */
    public FakeWebhook on(String path, UnaryOperator<JsonObject> answer) {
        server.createContext(path, exchange -> {
            try (exchange) {
                answer(exchange, answer);
            }
        });
        return this;
    }

    private void answer(HttpExchange exchange, UnaryOperator<JsonObject> answer) throws IOException {
        var request = JsonReader.readObject(exchange.getRequestBody().readAllBytes()).object("request");
        requests.add(request);
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("traceparent")).ifPresent(traces::add);
        var response = JsonObject.builder().put("uid", request.at("uid")).putAll(answer.apply(request)).build();
        byte[] body = JsonWriter.bytes(JsonObject.of("kind", "AdmissionReview", "apiVersion", "admission.k8s.io/v1",
                "response", response));
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    /** What was asked so far. */
    public List<JsonObject> requests() {
        return requests;
    }

    /** Of which traces those were that belong to one. */
    List<String> traces() {
        return traces;
    }

    int port() {
        return server.getAddress().getPort();
    }

    String bundle() {
        return base64(authorityPem);
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    public JsonObject atUrl(String path) {
        return JsonObject.of("url", "https://127.0.0.1:" + port() + path, "caBundle", bundle());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
