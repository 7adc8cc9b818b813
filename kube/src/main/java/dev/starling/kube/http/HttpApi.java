package dev.starling.kube.http;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.ObjectList;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.json.JsonWriter;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The API over HTTP, of this or any other Kubernetes server. Nothing is retried but an answer of 429 that says when
 * to come back, and that only a few times. Thread-safe.
 */
public final class HttpApi implements KubeApi, AutoCloseable {
    private static final Duration CONNECT_TIME = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIME = Duration.ofSeconds(60);
    private static final int MOST_TRIES = 4;
    private static final long LONGEST_RETRY_SECONDS = 5;
    private static final int MOST_ERROR_BYTES = 1 << 20;

    private final ClusterAccess access;
    private final HttpClient client;
    private final CountDownLatch closed = new CountDownLatch(1);

    public HttpApi(ClusterAccess access) {
        this.access = access;
        this.client = HttpClient.newBuilder().connectTimeout(CONNECT_TIME).sslContext(access.tls())
                .executor(Executors.newVirtualThreadPerTaskExecutor()).build();
    }

    @Override
    public KubeObject create(ObjectKey key, KubeObject object, WriteOptions options) {
        return object(send("POST", RequestPath.toCreate(key).with(options), json(object)), key.type());
    }

    @Override
    public KubeObject get(ObjectKey key) {
        return object(send("GET", RequestPath.of(key), Content.NONE), key.type());
    }

    @Override
    public ObjectList list(ListQuery query) {
        var tree = tree(send("GET", RequestPath.collection(query.type(), query.namespace()).with(query), Content.NONE));
        var metadata = tree.object("metadata");
        var items = tree.array("items").objects().stream().map(item -> typed(item, query.type())).toList();
        return new ObjectList(items, metadata.text("resourceVersion"), metadata.text("continue"),
                metadata.at("remainingItemCount").number(0));
    }

    @Override
    public Watch watch(WatchQuery query) {
        var path = RequestPath.collection(query.type(), query.namespace()).with(query);
        var request = request("GET", path.toString(), Content.NONE).build();
        return new HttpWatch(exchange(request), query.type());
    }

    @Override
    public KubeObject update(ObjectKey key, KubeObject object, WriteOptions options) {
        return object(send("PUT", RequestPath.of(key).with(options), json(object)), key.type());
    }

    @Override
    public KubeObject patch(ObjectKey key, Patch patch, WriteOptions options) {
        Json body = switch (patch) {
            case Patch.JsonPatch(var operations) -> operations;
            case Patch.Merge(var change) -> change;
            case Patch.Strategic(var change) -> change;
            case Patch.Apply(var applied, var force) -> applied;
        };
        var path = RequestPath.of(key).with(options);
        if (patch instanceof Patch.Apply(var applied, var force) && force) {
            path.with("force", "true");
        }
        return object(send("PATCH", path, new Content(patch.mediaType(), JsonWriter.bytes(body))), key.type());
    }

    @Override
    public KubeObject delete(ObjectKey key, DeleteOptions options) {
        var body = new Content("application/json", JsonWriter.bytes(RequestPath.body(options)));
        var answer = tree(send("DELETE", RequestPath.of(key), body));
        if (!answer.text("kind").equals("Status")) {
            return typed(answer, key.type());
        }
        return KubeObject.named(key.type(), key.namespace(), key.name())
                .with(answer.object("details").text("uid"), "metadata", "uid");
    }

    /** The body of any path below the server's address, such as {@code /version}. */
    public String text(String path) {
        return new String(send("GET", path, Content.NONE), StandardCharsets.UTF_8);
    }

    /**
     * Copies the answer of a path to a stream, without holding it in memory.
     *
     * @throws IOException if the answer breaks off, or the stream refuses it
     */
    public void download(String path, OutputStream to) throws IOException {
        try (var body = exchange(request("GET", path, Content.NONE).build()).body()) {
            body.transferTo(to);
        }
    }

    /**
     * Sends a file as the body of a POST, without holding it in memory; takes as long as the server needs.
     *
     * @throws IOException if the file can't be read
     */
    public JsonObject upload(String path, String mediaType, Path file) throws IOException {
        var request = request("POST", path, new Content(mediaType, new byte[0])).POST(BodyPublishers.ofFile(file))
                .expectContinue(true).build(); // so that a refusal comes before the file is sent, not amid it
        try (var body = exchange(request).body()) {
            return tree(body.readAllBytes());
        }
    }

    @Override
    public void close() {
        closed.countDown();
        client.shutdownNow();
    }

    /** A body and its media type. */
    private record Content(String type, byte[] bytes) {
        static final Content NONE = new Content("", new byte[0]);
    }

    private static Content json(KubeObject object) {
        return new Content("application/json", object.bytes());
    }

    private static JsonObject tree(byte[] bytes) {
        try {
            return JsonReader.readObject(bytes);
        } catch (JsonException e) {
            throw ApiException.internal("the server's answer is not a JSON object: " + e.getMessage());
        }
    }

    private static KubeObject object(byte[] bytes, ResourceType type) {
        return typed(tree(bytes), type);
    }

    /** Items of lists come without their kind from some servers. */
    static KubeObject typed(JsonObject tree, ResourceType type) {
        if (!tree.text("kind").isEmpty()) {
            return KubeObject.of(tree);
        }
        return KubeObject.of(JsonObject.builder().put("apiVersion", new JsonString(type.apiVersion()))
                .put("kind", new JsonString(type.kind())).putAll(tree).build());
    }

    private byte[] send(String method, RequestPath path, Content content) {
        return send(method, path.toString(), content);
    }

    private byte[] send(String method, String path, Content content) {
        var request = request(method, path, content).timeout(ANSWER_TIME).build();
        try (var body = exchange(request).body()) {
            return body.readAllBytes();
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private HttpRequest.Builder request(String method, String path, Content content) {
        String base = access.server().toString();
        String root = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
        BodyPublisher body = content.equals(Content.NONE) ? BodyPublishers.noBody()
                : BodyPublishers.ofByteArray(content.bytes());
        var request = HttpRequest.newBuilder(URI.create(root + path)).method(method, body)
                .header("Accept", "application/json").header("User-Agent", "starling");
        if (!content.type().isEmpty()) {
            request.header("Content-Type", content.type());
        }
        if (!access.token().isEmpty()) {
            request.header("Authorization", "Bearer " + access.token());
        }
        return request;
    }

    /** The answer to a request that was not refused. */
    private HttpResponse<InputStream> exchange(HttpRequest request) {
        for (int tries = 1;; tries++) {
            var response = sendOnce(request);
            if (response.statusCode() < 400) {
                return response;
            }
            var refusal = refusal(response);
            if (!refusal.is(ApiException.Reason.TOO_MANY_REQUESTS) || tries == MOST_TRIES || !waited(response)) {
                throw refusal;
            }
        }
    }

    private HttpResponse<InputStream> sendOnce(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.unavailable("the request was interrupted");
        }
    }

    /** Waits as long as the server asks, within reason; false if it does not say how long or this client closes. */
    private boolean waited(HttpResponse<?> response) {
        var seconds = response.headers().firstValue("Retry-After").filter(text -> text.matches("[0-9]{1,4}"));
        if (seconds.isEmpty()) {
            return false;
        }
        try {
            return !closed.await(Math.min(Long.parseLong(seconds.get()), LONGEST_RETRY_SECONDS), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private ApiException unreachable(IOException e) {
        String server = access.server().getAuthority();
        if (e instanceof ConnectException) {
            return ApiException.unavailable("The connection to the server " + server
                    + " was refused - did you specify the right host or port?");
        }
        return ApiException.unavailable("The server " + server + " did not answer: " + List.of(e.getClass()
                .getSimpleName(), String.valueOf(e.getMessage())));
    }

    private ApiException refusal(HttpResponse<InputStream> response) {
        byte[] bytes;
        try (var body = response.body()) {
            bytes = body.readNBytes(MOST_ERROR_BYTES);
        } catch (IOException e) {
            return unreachable(e);
        }
        try {
            var status = JsonReader.readObject(bytes);
            if (status.text("kind").equals("Status")) {
                return ApiException.from(status);
            }
        } catch (JsonException e) {
            return plain(response.statusCode(), bytes);
        }
        return plain(response.statusCode(), bytes);
    }

    private static ApiException plain(int code, byte[] bytes) {
        var reason = ApiException.Reason.of("", code);
        String message = switch (code) {
            case 401 -> "the server has asked for the client to provide credentials";
            case 404 -> "the server could not find the requested resource";
            case 405 -> "the server does not allow this method on the requested resource";
            default -> "the server answered " + code + ": " + new String(bytes, StandardCharsets.UTF_8).trim();
        };
        return new ApiException(reason, message);
    }
}
