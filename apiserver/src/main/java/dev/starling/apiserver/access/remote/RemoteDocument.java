package dev.starling.apiserver.access.remote;

import dev.starling.kube.http.BoundedAnswer;
import dev.starling.kube.http.ClusterAccess;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.JsonWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Gets JSON documents of bounded size in bounded time from one server. The client is made at the first call. */
final class RemoteDocument {
    private static final int MOST_BYTES = 1 << 20;

    private final ClusterAccess server;
    private final Duration timeout;
    private final AtomicReference<Optional<HttpClient>> client = new AtomicReference<>(Optional.empty());

    /** @param server whose authority and client certificate count; its address may be any of the same owner */
    RemoteDocument(ClusterAccess server, Duration timeout) {
        this.server = server;
        this.timeout = timeout;
    }

    /** @throws IOException if there is no such document in time */
    JsonObject read(URI address) throws IOException {
        return answer(HttpRequest.newBuilder(address).GET());
    }

    JsonObject post(URI address, JsonObject question) throws IOException {
        return answer(HttpRequest.newBuilder(address).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(JsonWriter.bytes(question))));
    }

    private JsonObject answer(HttpRequest.Builder request) throws IOException {
        if (!server.token().isEmpty()) {
            request.header("Authorization", "Bearer " + server.token());
        }
        var sent = request.header("Accept", "application/json").timeout(timeout).build();
        try {
            var response = BoundedAnswer.of(client(), sent, timeout, MOST_BYTES);
            if (response.statusCode() / 100 != 2) {
                throw new IOException("status " + response.statusCode() + " from " + sent.uri());
            }
            return JsonReader.readObject(response.body());
        } catch (JsonException e) {
            throw new IOException("no JSON object from " + sent.uri(), e);
        }
    }

    private HttpClient client() {
        var made = client.get();
        if (made.isPresent()) {
            return made.get();
        }
        var fresh = Optional.of(HttpClient.newBuilder().sslContext(server.tls()).connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER).build());
        return client.compareAndSet(made, fresh) ? fresh.get() : client.get().orElseThrow();
    }
}
