package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.starling.apiserver.access.Certificates;
import dev.starling.apiserver.access.ServerName;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.Request;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.http.Kubeconfig;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server behind an APIService. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AggregationTest {
    private static final String LIST = "{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":"
            + "\"wardle.example.com/v1\",\"resources\":[{\"name\":\"flunders\",\"singularName\":\"flunder\","
            + "\"namespaced\":true,\"kind\":\"Flunder\",\"verbs\":[\"get\",\"list\"]}]}";

    @TempDir
    private Path folder;
    private TestServer server;
    private HttpsServer extension;
    private Certificates extensionKeys;
    private HttpClient client;
    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final CountDownLatch held = new CountDownLatch(1);

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(folder.resolve("one"), ServerSettings.DEFAULT.at("127.0.0.1", 0)
                .within(ServerLimits.parse("{aggregatedSeconds: 4}")));
        client = HttpClient.newBuilder().sslContext(Kubeconfig.read(server.kubeconfig()).access().tls()).build();
        extensionKeys = Certificates.open(folder.resolve("two"), List.of(ServerName.of("api.default.svc")),
                InstantSource.system());
        extension = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        extension.setHttpsConfigurator(new HttpsConfigurator(extensionKeys.serverTls()) {
            @Override
            public void configure(HttpsParameters parameters) {
                parameters.setNeedClientAuth(false);
            }
        });
        extension.setExecutor(task -> Thread.ofVirtual().start(task));
        extension.createContext("/", exchange -> {
            heard.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().get("X-Remote-User") + " "
                    + exchange.getRequestHeaders().get("X-Remote-Group"));
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            String path = exchange.getRequestURI().getPath();
            boolean watch = String.valueOf(exchange.getRequestURI().getQuery()).contains("watch");
            exchange.sendResponseHeaders(200, 0);
            try (var out = exchange.getResponseBody()) {
                out.write((path.startsWith("/openapi") ? documented(path) : LIST).getBytes(StandardCharsets.UTF_8));
                out.flush();
                if (watch) {
                    held.await();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        extension.start();
    }

    private static String documented(String path) {
        return path.endsWith("/v2") ? "{\"swagger\":\"2.0\",\"paths\":{\"/apis/wardle.example.com/v1/flunders\":{},"
                + "\"/apis/apps/v1/deployments\":{\"get\":{\"description\":\"flundered\"}}},\"definitions\":{"
                + "\"com.example.Flunder\":{\"type\":\"object\"}}}"
                : "{\"openapi\":\"3.0.0\",\"paths\":{\"/flunder\":{}}}";
    }

    @AfterEach
    void stop() {
        held.countDown();
        client.shutdownNow();
        extension.stop(0);
        server.close();
    }

    private static void make(KubeApi api, ResourceType type, String json) {
        var object = KubeObject.of(JsonReader.read(json.replace('\'', '"')).object());
        api.create(object.key(type), object, WriteOptions.DEFAULT);
    }

    private void register(String authority) {
        var api = server.registry().api();
        make(api, Kinds.SERVICES, "{'apiVersion':'v1','kind':'Service','metadata':{'name':'api','namespace':'default'},"
                + "'spec':{'ports':[{'port':443}]}}");
        make(api, Kinds.ENDPOINT_SLICES, "{'apiVersion':'discovery.k8s.io/v1','kind':'EndpointSlice','metadata':{"
                + "'name':'api','namespace':'default','labels':{'kubernetes.io/service-name':'api'}},'addressType':"
                + "'IPv4','ports':[{'name':'','port':" + extension.getAddress().getPort() + "}],'endpoints':[{"
                + "'addresses':['127.0.0.1'],'conditions':{'ready':true}}]}");
        make(api, Kinds.API_SERVICES, "{'apiVersion':'apiregistration.k8s.io/v1','kind':'APIService','metadata':{"
                + "'name':'v1.wardle.example.com'},'spec':{'group':'wardle.example.com','version':'v1',"
                + "'groupPriorityMinimum':100,'versionPriority':10,'service':{'name':'api','namespace':'default',"
                + "'port':443},'caBundle':'" + Base64.getEncoder().encodeToString(
                        authority.getBytes(StandardCharsets.US_ASCII)) + "'}}");
    }

    private String get(String path, String accept) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path))
                .header("Accept", accept).build(), BodyHandlers.ofString()).body();
    }

    private JsonObject condition() {
        return server.registry().api().get(Kinds.API_SERVICES.key("v1.wardle.example.com")).status()
                .array("conditions").objects().getFirst();
    }

    @Test
    void requestsOfItsGroupReachTheServerWithTheIdentityOfTheCaller() throws Exception {
        register(extensionKeys.authorityPem());
        String answer = get("/apis/wardle.example.com/v1/namespaces/a/flunders?limit=3", "application/json");
        assertEquals(LIST, answer);
        assertEquals("/apis/wardle.example.com/v1/namespaces/a/flunders?limit=3 [kubernetes-admin] "
                + "[system:masters, system:authenticated]", heard.poll(20, TimeUnit.SECONDS));
        var watch = client.send(HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port()
                + "/apis/wardle.example.com/v1/flunders?watch=1")).build(), BodyHandlers.ofInputStream());
        try (var body = watch.body()) {
            assertEquals(LIST, new String(body.readNBytes(LIST.length()), StandardCharsets.UTF_8));
        }
    }

    @Test
    void itIsDiscoveredAndFoundAvailable() throws Exception {
        register(extensionKeys.authorityPem());
        var availability = server.availability();
        availability.step(Instant.EPOCH);
        assertEquals("Passed", condition().text("reason"));
        assertTrue(get("/apis", "application/json").contains("wardle.example.com/v1"));
        String all = get("/apis", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
        assertTrue(all.contains("\"resource\":\"flunders\""));
        extension.stop(0);
        availability.step(Instant.EPOCH.plusSeconds(9));
        assertEquals("FailedDiscoveryCheck", condition().text("reason"));
        assertTrue(get("/apis", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
                .contains("\"freshness\":\"Stale\""));
        var answer = JsonReader.readObject(get("/apis/wardle.example.com/v1/flunders", "application/json")
                .getBytes(StandardCharsets.UTF_8));
        assertEquals(503, answer.at("code").number(0));
    }

    @Test
    void aSlowServerDelaysNoOther() throws Exception {
        register(extensionKeys.authorityPem());
        extension.createContext("/apis/wardle.example.com/v0", exchange -> {
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        var api = server.registry().api();
        var slow = api.get(Kinds.API_SERVICES.key("v1.wardle.example.com")).with("v0", "spec", "version")
                .with("v0.wardle.example.com", "metadata", "name").without("metadata", "resourceVersion")
                .without("metadata", "uid");
        api.create(Kinds.API_SERVICES.key("v0.wardle.example.com"), slow);
        var availability = server.availability(task -> Thread.ofVirtual().start(task));
        availability.step(Instant.EPOCH);
        var deadline = Instant.now().plusSeconds(4); // the slow one is asked for five seconds
        while (server.registry().api().get(Kinds.API_SERVICES.key("v1.wardle.example.com")).status()
                .array("conditions").isEmpty()) {
            assertTrue(Instant.now().isBefore(deadline), "it waited for the slow one");
            Thread.onSpinWait();
        }
        assertEquals("Passed", condition().text("reason"));
        long before = asked();
        while (asked() == before) {
            availability.step(Instant.EPOCH.plusSeconds(5));
            assertTrue(Instant.now().isBefore(deadline), "it waited for the slow one");
        }
    }

    private long asked() {
        return heard.stream().filter(request -> request.startsWith("/apis/wardle.example.com/v1 ")).count();
    }

    @Test
    void aServerThatServesVeryManyResourcesHoldsUpNobodysDiscovery() throws Exception {
        register(extensionKeys.authorityPem());
        var list = new StringBuilder("{\"resources\":[{\"name\":\"r7/scale\",\"kind\":\"Scale\"}");
        for (int i = 0; i < 60_000; i++) {
            list.append(",{\"name\":\"r").append(i).append("\",\"kind\":\"R\",\"verbs\":[]}");
        }
        byte[] bytes = list.append("]}").toString().getBytes(StandardCharsets.UTF_8);
        extension.createContext("/apis/wardle.example.com/v1", exchange -> {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.availability().step(Instant.EPOCH);
        String all = assertTimeoutPreemptively(Duration.ofSeconds(20), () ->
                get("/apis", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"));
        assertTrue(all.contains("\"resource\":\"r59999\"") && all.contains("\"subresource\":\"scale\""));
    }

    @Test
    void aServerThatAnotherAuthoritySignedIsNotTrusted() throws Exception {
        register(server.certificates().authorityPem());
        assertTrue(get("/apis/wardle.example.com/v1/flunders", "application/json").contains("503"));
    }

    @Test
    void whatItDocumentsStandsBesideWhatTheServerDocuments() throws Exception {
        register(extensionKeys.authorityPem());
        String before = get("/openapi/v2", "application/json");
        server.availability().step(Instant.EPOCH);
        String second = get("/openapi/v2", "application/json");
        assertTrue(second.contains("/apis/wardle.example.com/v1/flunders") && second.contains("com.example.Flunder"));
        assertTrue(!second.contains("flundered") && !before.contains("flunders"));
        assertTrue(get("/openapi/v3", "application/json").contains("\"apis/wardle.example.com/v1\":{\"serverRelativeURL"
                + "\":\"/openapi/v3/apis/wardle.example.com/v1?hash="));
        assertEquals("{\"openapi\":\"3.0.0\",\"paths\":{\"/flunder\":{}}}",
                get("/openapi/v3/apis/wardle.example.com/v1", "application/json"));
    }

    /** As upstream's aggregator does for servers that know OpenAPI 2.0 alone. */
    @Test
    void whatIsDocumentedInTheOlderFormAloneIsServedInBoth() throws Exception {
        register(extensionKeys.authorityPem());
        extension.createContext("/openapi/v3", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        extension.createContext("/openapi/v2", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var out = exchange.getResponseBody()) {
                out.write(("{'swagger':'2.0','info':{'title':'w'},'paths':{'/apis/wardle.example.com/v1/flunders':{"
                        + "'post':{'operationId':'make','consumes':['*/*'],'produces':['application/json'],"
                        + "'parameters':[{'in':'body','name':'body','schema':{'$ref':'#/definitions/F'}},"
                        + "{'in':'query','name':'dryRun','type':'string'}],'responses':{'200':{'description':'OK',"
                        + "'schema':{'$ref':'#/definitions/F'}}},'x-kubernetes-action':'post'}}},'definitions':{'F':"
                        + "{'properties':{'f':{'description':'d','$ref':'#/definitions/F'}}}}}").replace('\'', '"')
                        .getBytes(StandardCharsets.UTF_8));
            }
        });
        server.availability().step(Instant.EPOCH);
        assertTrue(get("/openapi/v3", "application/json").contains("\"apis/wardle.example.com/v1\":"));
        assertEquals(JsonReader.read(("{'openapi':'3.0.0','info':{'title':'w'},'paths':{"
                + "'/apis/wardle.example.com/v1/flunders':{'post':{'operationId':'make','x-kubernetes-action':'post',"
                + "'requestBody':{'content':{'*/*':{'schema':{'$ref':'#/components/schemas/F'}}}},'parameters':[{"
                + "'in':'query','name':'dryRun','schema':{'type':'string'}}],'responses':{'200':{'description':'OK',"
                + "'content':{'application/json':{'schema':{'$ref':'#/components/schemas/F'}}}}}}}},'components':{"
                + "'schemas':{'F':{'properties':{'f':{'description':'d','allOf':[{'$ref':'#/components/schemas/F'}]}}"
                + "}}}}").replace('\'', '"')).toString(),
                get("/openapi/v3/apis/wardle.example.com/v1", "application/json"));
    }

    private void alsoWhereNobodyListens() {
        server.registry().registry().change(Request.by(Caller.component("test")),
                Kinds.ENDPOINT_SLICES.key("default", "api"), object -> object.with(
                JsonReader.read("[{\"addresses\":[\"127.0.0.9\"]},{\"addresses\":[\"127.0.0.1\"]}]"), "endpoints"),
                WriteOptions.DEFAULT);
    }

    @Test
    void theNextEndpointGetsTheBodyThatTheFirstOneDidNotTake() throws Exception {
        register(extensionKeys.authorityPem());
        alsoWhereNobodyListens();
        extension.createContext("/apis/wardle.example.com/v1/echoes", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, 0);
            try (var out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        for (int i = 0; i < 4; i++) {
            assertEquals("told", client.send(HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port()
                    + "/apis/wardle.example.com/v1/echoes")).POST(BodyPublishers.ofString("told")).build(),
                    BodyHandlers.ofString()).body());
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void anAnswerThatBreaksOffIsNotShownAsWhole(HttpClient.Version version) throws Exception {
        register(extensionKeys.authorityPem());
        extension.createContext("/apis/wardle.example.com/v1/halves", exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write(new byte[500]);
            exchange.getResponseBody().flush();
            exchange.close();
        });
        assertThrows(IOException.class, () -> asked("/apis/wardle.example.com/v1/halves", version));
    }

    private String asked(String path, HttpClient.Version version) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path))
                .version(version).build(), BodyHandlers.ofString()).body();
    }

    @Test
    void anAnswerThatDripsIsCutOff() throws Exception {
        register(extensionKeys.authorityPem());
        extension.createContext("/apis/wardle.example.com/v1/drips", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var out = exchange.getResponseBody()) {
                out.write(' ');
                out.flush();
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        for (var version : HttpClient.Version.values()) {
            assertThrows(IOException.class, () -> asked("/apis/wardle.example.com/v1/drips", version));
        }
        String metrics = asked("/metrics", HttpClient.Version.HTTP_1_1);
        assertTrue(metrics.contains("\napiserver_cut_aggregated_answers_total " + HttpClient.Version.values().length
                + "\n"), metrics);
    }

    @Test
    void anAnswerWithoutABodyIsGivenNone() throws Exception {
        register(extensionKeys.authorityPem());
        extension.createContext("/apis/wardle.example.com/v1/nothings", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        try (var raw = RawClient.admin(server)) {
            raw.write("DELETE /apis/wardle.example.com/v1/nothings HTTP/1.1\r\nHost: localhost\r\n\r\n");
            var reply = raw.read();
            assertEquals("204 ", reply.status() + " " + reply.header("transfer-encoding"));
        }
    }

    @Test
    void anAnswerWhoseHeadersAreTooLargeIsRefused() throws Exception {
        register(extensionKeys.authorityPem());
        extension.createContext("/apis/wardle.example.com/v1/warnings", exchange -> {
            for (int i = 0; i < 300; i++) {
                exchange.getResponseHeaders().add("Warning", "299 - \"" + "x".repeat(1000) + '"');
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        var answer = client.send(HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port()
                + "/apis/wardle.example.com/v1/warnings")).build(), BodyHandlers.ofString());
        assertEquals(503, answer.statusCode());
        assertTrue(answer.body().contains("its answer are too large"), answer.body());
    }

    @Test
    void whatDocumentsItselfAtGreatLengthIsNotKept() throws Exception {
        register(extensionKeys.authorityPem());
        extension.createContext("/openapi/v2", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var out = exchange.getResponseBody()) {
                out.write(documented("/v2").replace("flundered", "x".repeat(9 << 20))
                        .getBytes(StandardCharsets.UTF_8));
            }
        });
        server.availability().step(Instant.EPOCH);
        assertEquals("Passed", condition().text("reason"));
        assertTrue(!get("/openapi/v2", "application/json").contains("com.example.Flunder"));
    }

    private void awaitStreams(int open) throws Exception {
        var deadline = Instant.now().plusSeconds(20);
        while (!get("/metrics", "*/*").contains("\napiserver_longrunning_requests " + open + "\n")) {
            assertTrue(Instant.now().isBefore(deadline), "there are not " + open);
            Thread.onSpinWait();
        }
    }

    @Test
    void anEndpointWhereNobodyListensIsPassedOver() throws Exception {
        register(extensionKeys.authorityPem());
        alsoWhereNobodyListens();
        for (int i = 0; i < 4; i++) {
            assertEquals(LIST, get("/apis/wardle.example.com/v1/flunders", "application/json"));
        }
        server.availability().step(Instant.EPOCH);
        assertEquals("Passed", condition().text("reason"));
    }

    /** With the server's own endpoint behind the APIService. */
    @Test
    void whatLeadsBackToTheServerGoesRoundOnce() throws Exception {
        register(extensionKeys.authorityPem());
        var test = Request.by(Caller.component("test"));
        server.registry().registry().change(test, Kinds.ENDPOINT_SLICES.key("default", "api"), slice -> slice.with(
                JsonReader.read("[{\"name\":\"\",\"port\":" + server.port() + "}]"), "ports"), WriteOptions.DEFAULT);
        server.registry().registry().change(test, Kinds.API_SERVICES.key("v1.wardle.example.com"), service ->
                service.without("spec", "caBundle").with(JsonReader.read("true"), "spec", "insecureSkipTLSVerify"),
                WriteOptions.DEFAULT);
        var answer = client.send(HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port()
                + "/apis/wardle.example.com/v1/flunders")).build(), BodyHandlers.ofString());
        assertEquals(503, answer.statusCode());
        assertTrue(answer.body().contains("loop detected: the service of APIService v1.wardle.example.com leads back "
                + "here"), answer.body());
        try (var raw = RawClient.admin(server)) {
            raw.write("GET /apis/wardle.example.com/v1/flunders/a/connect HTTP/1.1\r\nHost: localhost\r\n"
                    + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: abc\r\n\r\n");
            assertEquals(503, raw.read().status());
        }
        server.availability().step(Instant.EPOCH);
        assertTrue(condition().text("message").endsWith(": 503"), condition().toString());
    }

    @Test
    void whatCameByAnotherInstanceIsNoLoop() throws Exception {
        register(extensionKeys.authorityPem());
        var marks = new LinkedBlockingQueue<String>();
        extension.createContext("/apis/wardle.example.com/v1/marks", exchange -> {
            marks.add(String.join("; ", exchange.getRequestHeaders().get("Via")));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        String path = "/apis/wardle.example.com/v1/marks";
        try (var raw = RawClient.admin(server)) {
            assertEquals(200, raw.send("GET", path, "Via: 1.1 starling, 1.1 starling-0123456789abcdef", "").status());
            String sent = marks.poll(20, TimeUnit.SECONDS);
            assertTrue(sent.matches("1.1 starling, 1.1 starling-0123456789abcdef, 1.1 starling-[0-9a-f]{16}"), sent);
        }
        try (var raw = RawClient.admin(server); var next = RawClient.admin(server)) {
            raw.send("GET", path, "Accept: */*", "");
            String mark = marks.poll(20, TimeUnit.SECONDS);
            assertEquals(503, next.send("GET", path, "Via: 1.1 other, " + mark, "").status());
        }
    }

    @Test
    void aConnectionMayLeaveHttp() throws Exception {
        try (var listening = extensionKeys.serverTls().getServerSocketFactory().createServerSocket(0, 5,
                InetAddress.getLoopbackAddress())) {
            register(extensionKeys.authorityPem());
            server.registry().registry().change(Request.by(
                    Caller.component("test")),
                    Kinds.ENDPOINT_SLICES.key("default", "api"), object -> object.with(JsonReader.read(
                            "[{\"name\":\"\",\"port\":" + listening.getLocalPort() + "}]"), "ports"),
                    WriteOptions.DEFAULT);
            var far = Thread.ofVirtual().start(() -> echo(listening));
            try (var raw = RawClient.admin(server)) {
                raw.write("GET /apis/wardle.example.com/v1/flunders/a/connect?x=1 HTTP/1.1\r\nHost: localhost\r\n"
                        + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: abc\r\n"
                        + "X-Remote-User: mallory\r\n\r\n");
                var reply = raw.read();
                assertEquals("101 websocket", reply.status() + " " + reply.header("upgrade"));
                awaitStreams(1);
                raw.write("hello");
                assertEquals("hello", raw.text(5));
            }
            far.join();
            awaitStreams(0);
            String head = heard.poll(20, TimeUnit.SECONDS);
            assertTrue(head.startsWith("GET /apis/wardle.example.com/v1/flunders/a/connect?x=1 HTTP/1.1"), head);
            assertTrue(head.contains("x-remote-user: kubernetes-admin") && head.contains("sec-websocket-key: abc")
                    && !head.contains("mallory"), head);
        }
    }

    private void echo(ServerSocket listening) {
        try (var socket = listening.accept()) {
            heard.add(FakeStreamingServer.readHead(socket.getInputStream()));
            socket.getOutputStream().write(("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                    + "Upgrade: websocket\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            heard.add(e.toString());
        }
    }
}
