package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.http.Kubeconfig;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ApiServerTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    @TempDir
    private Path folder;
    private TestServer server;
    private HttpClient client;

    @BeforeEach
    void start() {
        server = TestServer.in(folder);
        client = HttpClient.newBuilder().sslContext(Kubeconfig.read(server.kubeconfig()).access().tls()).build();
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        server.close();
    }

    private HttpRequest.Builder request(String path, String accept) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path)).header("Accept", accept);
    }

    private HttpResponse<String> get(String path, String accept) throws Exception {
        return client.send(request(path, accept).build(), BodyHandlers.ofString());
    }

    private static JsonObject json(HttpResponse<String> response) {
        return JsonReader.readObject(response.body().getBytes(StandardCharsets.UTF_8));
    }

    private void make(String name) {
        server.registry().api().create(Kinds.CONFIG_MAPS.key("default", name),
                KubeObject.named(Kinds.CONFIG_MAPS, "default", name).with("v", "data", "k"), WriteOptions.DEFAULT);
    }

    private BufferedReader watch(String path, HttpClient.Version version) throws Exception {
        var answer = client.send(request(path, "application/json").version(version).build(),
                BodyHandlers.ofInputStream());
        assertEquals(200, answer.statusCode());
        assertEquals(version, answer.version());
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void sendsEachChangeAtOnce(HttpClient.Version version) throws Exception {
        try (var watch = watch(MAPS + "?watch=1&fieldSelector=metadata.name=a", version)) {
            for (int i = 0; i < 2; i++) {
                make("a");
                var added = JsonReader.readObject(watch.readLine().getBytes(StandardCharsets.UTF_8));
                assertEquals("ADDED", added.text("type"));
                assertEquals("a", added.text("object", "metadata", "name"));
                server.registry().api().delete(Kinds.CONFIG_MAPS.key("default", "a"));
                assertTrue(watch.readLine().startsWith("{\"type\":\"DELETED\""));
            }
        }
    }

    @Test
    void sendsTheEndOfEachChunkWithIt() throws Exception {
        try (var raw = RawClient.admin(server)) {
            raw.write("GET " + MAPS + "?watch=1&fieldSelector=metadata.name=a HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertEquals("chunked", raw.read().header("transfer-encoding"));
            make("a");
            String size = raw.text(3);
            assertEquals("\r\n", raw.text(2));
            assertTrue(raw.text(Integer.parseInt(size, 16) + 2).endsWith("}\n\r\n"));
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void endsWatchesWhenTheirTimeIsOver(HttpClient.Version version) throws Exception {
        try (var watch = watch(MAPS + "?watch=1&timeoutSeconds=1&fieldSelector=metadata.name=none", version)) {
            assertEquals(-1, watch.read());
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void endsWatchesCleanlyWhenItStops(HttpClient.Version version) throws Exception {
        try (var watch = watch(MAPS + "?watch=1&fieldSelector=metadata.name=none", version)) {
            server.close();
            assertEquals(-1, watch.read());
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void endsTheWatchesOfClientsThatLeft(HttpClient.Version version) throws Exception {
        var watch = watch(MAPS + "?watch=1&fieldSelector=metadata.name=none", version);
        assertTrue(metrics().contains("apiserver_current_inflight_requests{request_kind=\"lasting\"} 1"));
        watch.close();
        while (!metrics().contains("apiserver_current_inflight_requests{request_kind=\"lasting\"} 0")) {
            Thread.onSpinWait();
        }
    }

    private String metrics() throws Exception {
        return get("/metrics", "*/*").body();
    }

    @Test
    void tellsHowOftenBoundsWereReached() throws Exception {
        String told = metrics();
        for (String name : List.of("starling_store_queue_full_total 0", "starling_store_overruns_total 0",
                "starling_write_lost_races_total 0", "starling_watches_expired_total 0")) {
            assertTrue(told.contains("\n" + name + "\n"), told);
        }
    }

    @Test
    void givesWatchersTables() throws Exception {
        var answer = client.send(request(MAPS + "?watch=1&fieldSelector=metadata.name=t", TABLE).build(),
                BodyHandlers.ofInputStream());
        make("t");
        try (var lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            var event = JsonReader.readObject(lines.readLine().getBytes(StandardCharsets.UTF_8));
            assertEquals("Table", event.text("object", "kind"));
            assertEquals(3, event.object("object").array("columnDefinitions").size());
        }
    }

    @Test
    void showsTablesOfListsAndObjects() throws Exception {
        make("t");
        var list = json(get(MAPS + "?fieldSelector=metadata.name=t", TABLE));
        assertEquals("Table", list.text("kind"));
        assertEquals("PartialObjectMetadata", list.array("rows").at(0).object().text("object", "kind"));
        var one = json(get(MAPS + "/t?includeObject=Object", TABLE));
        assertEquals("ConfigMap", one.array("rows").at(0).object().text("object", "kind"));
        var none = json(get(MAPS + "/t?includeObject=None", TABLE));
        assertTrue(none.array("rows").at(0).object().at("object").isNull());
    }

    @Test
    void showsMetadataAlone() throws Exception {
        make("m");
        String accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
        var list = json(get(MAPS + "?fieldSelector=metadata.name=m", accept));
        assertEquals("PartialObjectMetadataList", list.text("kind"));
        assertTrue(list.array("items").at(0).object().at("data").isNull());
    }

    @Test
    void writesListsOfManyObjectsWhole() throws Exception {
        for (int i = 0; i < 200; i++) {
            make("n" + i);
        }
        var list = json(get(MAPS, "application/json"));
        assertEquals("ConfigMapList", list.text("kind"));
        assertTrue(list.array("items").size() >= 200);
        assertFalse(list.text("metadata", "resourceVersion").isEmpty());
        var page = json(get(MAPS + "?limit=10", "application/json"));
        assertEquals(10, page.array("items").size());
        assertFalse(page.text("metadata", "continue").isEmpty());
    }

    @Test
    void writesYamlAndPrettyJson() throws Exception {
        make("y");
        assertTrue(get(MAPS + "/y", "application/yaml").body().contains("kind: ConfigMap"));
        assertTrue(get(MAPS + "/y?pretty=true", "*/*").body().startsWith("{\n    \""));
        assertTrue(get(MAPS + "/y", "*/*").body().startsWith("{\""));
    }

    @Test
    void answersHeadLikeGetWithoutABody() throws Exception {
        var answer = client.send(request("/version", "*/*").method("HEAD", BodyPublishers.noBody()).build(),
                BodyHandlers.ofString());
        assertEquals(200, answer.statusCode());
        assertEquals("", answer.body());
    }

    @Test
    void tellsItsVersionAndHealth() throws Exception {
        assertEquals("v1.34.0+starling", json(get("/version", "*/*")).text("gitVersion"));
        assertEquals("ok", get("/livez", "*/*").body());
        assertEquals("[+]ping ok\n[+]store ok\nreadyz check passed\n", get("/readyz?verbose", "*/*").body());
        assertEquals("ok", get("/readyz/store", "*/*").body());
        assertEquals(404, get("/readyz/none", "*/*").statusCode());
    }

    @Test
    void saysThatAClientHasTheDiscoveryDocumentAlready() throws Exception {
        String accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
        var first = get("/apis", accept);
        assertTrue(first.headers().firstValue("Content-Type").orElse("").contains("as=APIGroupDiscoveryList"));
        assertEquals("APIGroupDiscoveryList", json(first).text("kind"));
        var again = client.send(request("/apis", accept)
                .header("If-None-Match", first.headers().firstValue("ETag").orElse("")).build(),
                BodyHandlers.ofString());
        assertEquals(304, again.statusCode());
        assertEquals("APIGroupList", json(get("/apis", "application/json")).text("kind"));
        assertEquals("APIResourceList", json(get("/apis/apps/v1", "application/json")).text("kind"));
        assertEquals("APIGroup", json(get("/apis/apps", "application/json")).text("kind"));
        assertEquals(404, get("/apis/none", "application/json").statusCode());
    }

    @Test
    void letsClientsKeepDescriptionsByTheirHash() throws Exception {
        var index = get("/openapi/v3", "*/*");
        String url = json(index).text("paths", "apis/apps/v1", "serverRelativeURL");
        var unchanged = client.send(request("/openapi/v3", "*/*").header("If-None-Match",
                index.headers().firstValue("ETag").orElse("")).build(), BodyHandlers.ofString());
        assertEquals(304, unchanged.statusCode());
        var kept = get(url, "*/*");
        assertEquals(List.of("public, immutable"), kept.headers().allValues("Cache-Control"));
        assertTrue(kept.headers().firstValue("Expires").isPresent());
        var old = get("/openapi/v3/apis/apps/v1?hash=OLD", "*/*");
        assertEquals(301, old.statusCode());
        assertEquals(url, old.headers().firstValue("Location").orElse(""));
        assertEquals(List.of("no-cache, private"), get("/openapi/v3/apis/apps/v1", "*/*").headers()
                .allValues("Cache-Control"));
    }

    @Test
    void detailsWhatIsNotServed() throws Exception {
        make("e");
        for (String path : List.of(MAPS + "/e/ephemeral", "/apis/apps/v1/nothing")) {
            var refusal = json(get(path, "*/*"));
            assertEquals("NotFound", refusal.text("reason"));
            assertTrue(refusal.has("details"), refusal.toString());
        }
    }

    @Test
    void tellsOfDeletions() throws Exception {
        make("d");
        var answer = json(client.send(request(MAPS + "/d", "*/*").DELETE().build(), BodyHandlers.ofString()));
        assertEquals("Success", answer.text("status"));
        assertEquals("configmaps", answer.text("details", "kind"));
        var missing = json(client.send(request(MAPS + "/d", "*/*").DELETE().build(), BodyHandlers.ofString()));
        assertEquals("configmaps \"d\" not found", missing.text("message"));
    }

    @Test
    void acceptsADeletionThatWaitsForDependents() throws Exception {
        make("f");
        var answer = client.send(request(MAPS + "/f?propagationPolicy=Foreground", "*/*").DELETE().build(),
                BodyHandlers.ofString());
        assertEquals(202, answer.statusCode());
        assertEquals("foregroundDeletion", json(answer).array("metadata", "finalizers").at(0).text());
    }

    @Test
    void servesWhatComesWhileItRuns() throws Exception {
        var type = new ResourceType("example.com", "v1", "widgets", "Widget", true);
        assertEquals(404, get("/apis/example.com/v1", "*/*").statusCode());
        server.registry().registry().serve(List.of(),
                List.of(Kind.of(ServedResource.stored(type), KindRules.PLAIN)));
        assertEquals("widgets", json(get("/apis/example.com/v1", "*/*")).array("resources").at(0).object()
                .text("name"));
        assertEquals("WidgetList", json(get("/apis/example.com/v1/widgets", "*/*")).text("kind"));
        assertTrue(json(get("/openapi/v3", "*/*")).object("paths").has("apis/example.com/v1"));
        server.registry().registry().serve(List.of(type), List.of());
        assertEquals(404, get("/apis/example.com/v1", "*/*").statusCode());
        assertEquals(404, get("/apis/example.com/v1/widgets", "*/*").statusCode());
    }

    @Test
    void warnsOfUnknownFieldsInAHeader() throws Exception {
        var body = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"w\"},\"dato\":{}}";
        var answer = client.send(request(MAPS, "*/*").header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
        assertEquals(201, answer.statusCode());
        assertEquals("299 - \"unknown field \\\"dato\\\"\"", answer.headers().firstValue("Warning").orElse(""));
    }

    private void makePod(String name, String node, String... containers) {
        var list = java.util.Arrays.stream(containers)
                .map(container -> JsonObject.of("name", container, "image", "busybox")).toList();
        var pod = KubeObject.named(Kinds.PODS, "default", name)
                .with(dev.starling.kube.json.Json.of(list), "spec", "containers");
        server.registry().api().create(Kinds.PODS.key("default", name),
                node.isEmpty() ? pod : pod.with(node, "spec", "nodeName"));
    }

    @Test
    void asksWhichContainerIsMeant() throws Exception {
        makePod("two", "n", "a", "b");
        assertEquals("a container name must be specified for pod two, choose one of: [a b]",
                json(get("/api/v1/namespaces/default/pods/two/log", "*/*")).text("message"));
        assertEquals("container c is not valid for pod two",
                json(get("/api/v1/namespaces/default/pods/two/log?container=c", "*/*")).text("message"));
    }

    @Test
    void streamsLogsAsTheyAreWritten() throws Exception {
        makePod("one", "n", "a");
        var source = new PipedOutputStream();
        server.streams().log = new PipedInputStream(source);
        var answer = client.send(request("/api/v1/namespaces/default/pods/one/log?follow=true&tailLines=5", "*/*")
                .build(), BodyHandlers.ofInputStream());
        assertEquals(200, answer.statusCode());
        source.write("first".getBytes(StandardCharsets.UTF_8));
        source.flush();
        assertEquals("first", read(answer.body(), 5));
        source.close();
        assertEquals(-1, answer.body().read());
    }

    /** To end in good order would tell that this is all. */
    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void breaksOffALogThatCannotBeReadOn(HttpClient.Version version) throws Exception {
        makePod("torn-" + version.ordinal(), "n", "a");
        var first = new ByteArrayInputStream("first".getBytes(StandardCharsets.UTF_8));
        var seen = new CountDownLatch(1); // a client that hears of the break forgets what it has not yet given out
        server.streams().log = new InputStream() {
            @Override
            public int read() throws IOException {
                int next = first.read();
                if (next < 0) {
                    await(seen);
                    throw new IOException("the disk is gone");
                }
                return next;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                buffer[offset] = (byte) read();
                return 1;
            }
        };
        var answer = client.send(request("/api/v1/namespaces/default/pods/torn-" + version.ordinal() + "/log", "*/*")
                .version(version).build(), BodyHandlers.ofInputStream());
        assertEquals("first", read(answer.body(), 5));
        seen.countDown();
        assertThrows(IOException.class, () -> answer.body().read());
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IOException("nobody reads");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static String read(InputStream in, int length) throws IOException {
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    /** A tunnel outlives the thread of its request, and counts for as long as it is open. */
    @Test
    void countsTunnelsAmongTheStreams() throws Exception {
        makePod("one", "n", "a");
        try (var fake = FakeStreamingServer.upgrading(c -> c.getInputStream().transferTo(c.getOutputStream()))) {
            server.streams().address = fake.address();
            try (var raw = RawClient.admin(server)) {
                raw.write("POST /api/v1/namespaces/default/pods/one/exec?command=ls HTTP/1.1\r\nHost: localhost\r\n"
                        + "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n\r\necho");
                assertEquals(101, raw.read().status());
                assertEquals("echo", raw.text(4));
                assertTrue(metrics().contains("\napiserver_longrunning_requests 1\n"));
            }
            while (!metrics().contains("\napiserver_longrunning_requests 0\n")) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void refusesToExecWithoutAnUpgrade() throws Exception {
        makePod("one", "n", "a");
        var answer = client.send(request("/api/v1/namespaces/default/pods/one/exec?command=ls", "*/*")
                .POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
        assertEquals(400, answer.statusCode());
        assertEquals("Upgrade request required", json(answer).text("message"));
    }
}
