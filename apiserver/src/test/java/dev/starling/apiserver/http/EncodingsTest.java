package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.protobuf.ProtobufObjects;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.http.HttpApi;
import dev.starling.kube.http.Kubeconfig;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodingsTest {
    private static final String TYPED = ProtobufObjects.MEDIA_TYPE + ",application/json";
    private static final ProtobufObjects READER = new ProtobufObjects(Schemas.builtIn());

    private TestServer server;
    private HttpClient client;

    @BeforeEach
    void start(@TempDir Path folder) {
        server = TestServer.in(folder);
        client = HttpClient.newBuilder().sslContext(Kubeconfig.read(server.kubeconfig()).access().tls()).build();
        try (HttpApi api = server.client()) {
            api.create(KubeObject.named(Kinds.NAMESPACES, "", "a").key(Kinds.NAMESPACES),
                    KubeObject.named(Kinds.NAMESPACES, "", "a"), WriteOptions.DEFAULT);
        }
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private void map(String name, int size) {
        try (HttpApi api = server.client()) {
            var map = KubeObject.named(Kinds.CONFIG_MAPS, "a", name).with("x".repeat(size), "data", "k");
            api.create(map.key(Kinds.CONFIG_MAPS), map, WriteOptions.DEFAULT);
        }
    }

    private HttpRequest.Builder request(String path, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        return client.send(request(path, headers).build(), BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private static byte[] unpacked(byte[] body) throws Exception {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return in.readAllBytes();
        }
    }

    @Test
    void longAnswersArePackedForClientsThatAskForIt() throws Exception {
        map("one", 100_000);
        map("two", 100_000);
        var plain = get("/api/v1/configmaps");
        var packed = get("/api/v1/configmaps", "Accept-Encoding", "deflate, gzip");
        assertEquals("", header(plain, "content-encoding"));
        assertEquals("gzip", header(packed, "content-encoding"));
        assertEquals("Accept-Encoding", header(packed, "vary"));
        assertArrayEquals(plain.body(), unpacked(packed.body()));
        var short1 = get("/api/v1/namespaces/a/configmaps/one", "Accept-Encoding", "gzip");
        assertEquals("", header(short1, "content-encoding"));
        var openApi = get("/openapi/v2", "Accept-Encoding", "gzip");
        assertEquals("gzip", header(openApi, "content-encoding"));
        assertTrue(JsonReader.readObject(unpacked(openApi.body())).has("paths"));
    }

    @Test
    void itemsOfAListAreEncodedWhenTheyAreWritten() {
        var object = KubeObject.named(Kinds.CONFIG_MAPS, "a", "b");
        var encoded = new AtomicInteger();
        var pieces = Pieces.jsonList(JsonObject.of("kind", "List"),
                IntStream.range(0, 1_000).mapToObj(i -> object).toList(), o -> {
                    encoded.incrementAndGet();
                    return o.bytes();
                });
        var parts = pieces.parts().iterator();
        IntStream.range(0, 10).forEach(i -> parts.next());
        assertTrue(encoded.get() < 20, encoded::toString);
    }

    @Test
    void typedClientsGetObjectsInTheirForm() throws Exception {
        map("one", 10);
        var answer = get("/api/v1/namespaces/a/configmaps/one", "Accept", TYPED);
        assertEquals(ProtobufObjects.MEDIA_TYPE, header(answer, "content-type"));
        assertEquals("x".repeat(10), READER.read(answer.body()).text("data", "k"));
        var created = client.send(request("/api/v1/namespaces/a/configmaps", "Accept", TYPED, "Content-Type",
                ProtobufObjects.MEDIA_TYPE).POST(BodyPublishers.ofByteArray(renamed(answer.body()))).build(),
                BodyHandlers.ofByteArray());
        assertEquals(201, created.statusCode());
        assertEquals("two", READER.read(created.body()).text("metadata", "name"));
        var missing = get("/api/v1/namespaces/a/configmaps/none", "Accept", TYPED);
        assertEquals(404, missing.statusCode());
    }

    private static byte[] renamed(byte[] body) {
        var object = KubeObject.of(READER.read(body)).with("two", "metadata", "name")
                .without("metadata", "resourceVersion").without("metadata", "uid");
        return new dev.starling.apiserver.protobuf.ProtobufAnswers(Schemas.builtIn()).object(object).orElseThrow();
    }

    @Test
    void listsOfTypedClientsHaveTheSameItems() throws Exception {
        for (int i = 0; i < 12; i++) {
            map("m" + i, 100_000);
        }
        var answer = get("/api/v1/configmaps", "Accept", TYPED, "Accept-Encoding", "gzip");
        assertEquals(ProtobufObjects.MEDIA_TYPE, header(answer, "content-type"));
        var list = io.kubernetes.client.proto.V1.ConfigMapList.parseFrom(io.kubernetes.client.proto.Runtime.Unknown
                .parseFrom(java.util.Arrays.stream(new byte[][] {unpacked(answer.body())})
                        .map(all -> java.util.Arrays.copyOfRange(all, 4, all.length)).findFirst().orElseThrow())
                .getRaw());
        assertEquals(12, list.getItemsCount());
        assertEquals(100_000, list.getItems(11).getDataMap().get("k").length());
    }

    @Test
    void watchesOfTypedClientsAreFramed() throws Exception {
        map("one", 10);
        var answer = client.send(request("/api/v1/namespaces/a/configmaps?watch=1", "Accept", TYPED).build(),
                BodyHandlers.ofInputStream());
        assertEquals(ProtobufObjects.MEDIA_TYPE + ";stream=watch", header(answer, "content-type"));
        try (InputStream body = answer.body(); var in = new DataInputStream(body)) {
            var event = io.kubernetes.client.proto.Meta.WatchEvent.parseFrom(in.readNBytes(in.readInt()));
            assertEquals("ADDED", event.getType());
            assertEquals("one", READER.read(event.getObject().getRaw().toByteArray()).text("metadata", "name"));
        }
    }

    @Test
    void tablesAndUntypedDocumentsFallBackToJson() throws Exception {
        var table = get("/api/v1/namespaces", "Accept", ProtobufObjects.MEDIA_TYPE
                + ";as=Table;g=meta.k8s.io;v=v1,application/json;as=Table;g=meta.k8s.io;v=v1,application/json");
        assertEquals("Table", JsonReader.readObject(table.body()).text("kind"));
        assertEquals("application/json", header(get("/version", "Accept", TYPED), "content-type"));
        assertEquals(406, get("/version", "Accept", ProtobufObjects.MEDIA_TYPE).statusCode());
    }

    @Test
    void headTellsOfAnAnswerWithoutSendingIt() throws Exception {
        for (String path : new String[] {"/version", "/livez", "/api/v1/namespaces/a"}) {
            var answer = client.send(request(path).method("HEAD", BodyPublishers.noBody()).build(),
                    BodyHandlers.ofByteArray());
            assertEquals(200, answer.statusCode());
            assertEquals(0, answer.body().length);
        }
    }
}
