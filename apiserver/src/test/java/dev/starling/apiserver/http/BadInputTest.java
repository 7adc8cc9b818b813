package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server answers to requests that no good client sends; after each of them it still serves. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BadInputTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    @TempDir
    private static Path folder;
    private static TestServer server;

    @BeforeAll
    static void start() {
        var limits = ServerLimits.parse("{connectionIdleSeconds: 3, bodySeconds: 2, bodyBytes: 65536, headSeconds: 2}");
        server = new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0).within(limits));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RawClient client() throws Exception {
        return RawClient.admin(server);
    }

    private static RawClient.Reply send(String method, String path, String type, String body) throws Exception {
        try (var client = client()) {
            return client.send(method, path, "Content-Type: " + type, body);
        }
    }

    private static JsonObject status(RawClient.Reply reply) {
        var status = JsonReader.readObject(reply.body().getBytes(StandardCharsets.UTF_8));
        assertEquals("Status", status.text("kind"));
        assertEquals(reply.status(), status.at("code").number(0));
        return status;
    }

    @Test
    void namesTheTypeThatAMalformedBodyShouldHave() throws Exception {
        var reply = send("POST", MAPS, "application/json", "{\"kind\":");
        assertEquals(400, reply.status());
        String message = status(reply).text("message");
        assertTrue(message.startsWith("the object provided is unrecognized (must be of type ConfigMap): "
                + "couldn't get version/kind; json parse error: "), message);
        assertTrue(message.endsWith("({\"kind\":)"), message);
    }

    @Test
    void refusesYamlThatIsNone() throws Exception {
        assertEquals(400, send("POST", MAPS, "application/yaml", "a: [1").status());
    }

    @Test
    void readsYaml() throws Exception {
        var reply = send("POST", MAPS, "application/yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y}\n");
        assertEquals(201, reply.status());
    }

    @Test
    void refusesAnUnknownContentType() throws Exception {
        var reply = send("POST", MAPS, "application/xml", "<a/>");
        assertEquals(415, reply.status());
        assertEquals("UnsupportedMediaType", status(reply).text("reason"));
    }

    @Test
    void refusesAnUnknownKindOfPatch() throws Exception {
        assertEquals(415, send("PATCH", MAPS + "/y", "application/json", "{}").status());
    }

    @Test
    void refusesABodyThatSaysItIsTooLarge() throws Exception {
        var reply = send("POST", MAPS, "application/json", "x".repeat(70_000));
        assertEquals(413, reply.status());
        assertEquals("RequestEntityTooLarge", status(reply).text("reason"));
    }

    @Test
    void refusesABodyThatTurnsOutTooLarge() throws Exception {
        try (var client = client()) {
            client.write("POST " + MAPS + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.write("11170\r\n" + "y".repeat(70_000) + "\r\n0\r\n\r\n");
            assertEquals(413, client.read().status());
        }
    }

    @Test
    void cutsOffASenderThatIsTooSlow() throws Exception {
        try (var client = client()) {
            client.write("POST " + MAPS + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
            assertEquals(504, client.read().status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/namespaces/default/../../../etc/passwd", "/api/v1//configmaps",
        "/api/v1/namespaces/%2e%2e/configmaps", "/api/v1/namespaces/default/configmaps/a%2Fb", "/api/v1/%zz"})
    void findsNothingBehindTrickyPaths(String path) throws Exception {
        try (var client = client()) {
            var reply = client.send("GET", path, "Accept: application/json", "");
            assertTrue(reply.status() == 400 || reply.status() == 404, reply.toString());
        }
    }

    @Test
    void cutsOffAWatcherThatNeverReads() throws Exception {
        try (var deaf = client(); var client = client()) {
            deaf.write("GET " + MAPS + "?watch=true HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await(() -> openStreams(client) == 1);
            var api = server.registry().api();
            var key = Kinds.CONFIG_MAPS.key("default", "large");
            var map = api.create(key, KubeObject.named(Kinds.CONFIG_MAPS, "default", "large"));
            for (int i = 0; i < 400; i++) {
                map = api.update(key, map.with(i + "x".repeat(60_000), "data", "k"));
            }
            await(() -> openStreams(client) == 0);
            await(() -> metric(client, "apiserver_unread_answers_total{kind=\"stream\"}") == 1);
        }
    }

    @Test
    void closesAConnectionOnWhichNothingComes() throws Exception {
        try (var silent = client()) {
            assertEquals(200, silent.send("GET", "/livez", "Accept: */*", "").status());
            assertThrows(EOFException.class, silent::read);
        }
        try (var client = client()) {
            assertTrue(metric(client, "apiserver_closed_connections_total{reason=\"silent\"}") > 0);
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        var deadline = Instant.now().plusSeconds(15);
        while (!condition.call()) {
            assertTrue(Instant.now().isBefore(deadline), "it did not come true in time");
            Thread.onSpinWait();
        }
    }

    private static long openStreams(RawClient client) throws Exception {
        return metric(client, "apiserver_current_inflight_requests{request_kind=\"lasting\"}");
    }

    private static long metric(RawClient client, String name) throws Exception {
        String metrics = client.send("GET", "/metrics", "Accept: */*", "").body();
        return metrics.lines().filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    /** Who may do something in one namespace must not reach another one by naming it below. */
    @ParameterizedTest
    @ValueSource(strings = {"", "/kube-system", "/kube-system/status"})
    void servesNoNamespacesInsideOfOne(String rest) throws Exception {
        try (var client = client()) {
            assertEquals(404, client.send("GET", "/api/v1/namespaces/default/namespaces" + rest, "Accept: */*", "")
                    .status());
        }
    }

    @Test
    void countsMethodsThatAreMadeUpAsOne() throws Exception {
        try (var stranger = RawClient.anonymous(server)) {
            stranger.send("BREW", "/version", "Accept: */*", "");
        }
        try (var client = client()) {
            String metrics = client.send("GET", "/metrics", "Accept: */*", "").body();
            assertTrue(metrics.contains("verb=\"other\""), metrics);
            assertFalse(metrics.contains("BREW"), metrics);
        }
    }

    @Test
    void refusesAGracePeriodThatIsNoNumber() throws Exception {
        send("POST", MAPS, "application/json", "{\"metadata\":{\"name\":\"graceful\"}}");
        assertEquals(400, send("DELETE", MAPS + "/graceful", "application/json", "{\"gracePeriodSeconds\":\"0\"}")
                .status());
    }

    @Test
    void warnsOfManyUnknownFieldsAsFarAsHeadersHaveRoom() throws Exception {
        var body = new StringBuilder("{\"metadata\":{\"name\":\"many\"}");
        for (int i = 0; i < 2_000; i++) {
            body.append(",\"unknown").append(i).append("\":1");
        }
        var reply = send("POST", MAPS, "application/json", body.append('}').toString());
        assertEquals(201, reply.status());
        assertTrue(reply.header("warning").startsWith("299 - \"unknown field"), reply.header("warning"));
    }

    @Test
    void tellsUnknownResourcesFromUnknownPaths() throws Exception {
        try (var client = client()) {
            assertEquals("the server could not find the requested resource",
                    status(client.send("GET", "/api/v1/nothings", "Accept: */*", "")).text("message"));
            var reply = client.send("GET", "/apis/no.such/v1/things", "Accept: */*", "");
            assertEquals("404 404 page not found", reply.status() + " " + reply.body().strip());
        }
    }

    @Test
    void refusesVerbsThatAResourceDoesNotOffer() throws Exception {
        try (var client = client()) {
            var reply = client.send("POST", MAPS + "/y", "Content-Type: application/json", "{}");
            assertEquals(405, reply.status());
            assertEquals("MethodNotAllowed", status(reply).text("reason"));
        }
    }

    @Test
    void answersInTheFirstFormThatTheClientTakes() throws Exception {
        try (var client = client()) {
            var both = client.send("GET", MAPS, "Accept: application/vnd.kubernetes.protobuf,application/json", "");
            assertEquals("application/vnd.kubernetes.protobuf", both.header("content-type"));
        }
        try (var client = client()) {
            assertEquals(406, client.send("GET", MAPS, "Accept: image/png", "").status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=b=c", "a in b", "!", "a b", ",a"})
    void saysWhatIsWrongWithALabelSelector(String selector) throws Exception {
        try (var client = client()) {
            String encoded = java.net.URLEncoder.encode(selector, StandardCharsets.UTF_8);
            var reply = client.send("GET", MAPS + "?labelSelector=" + encoded, "Accept: */*", "");
            assertEquals(400, reply.status());
            assertTrue(status(reply).text("message").contains("found '"), reply.body());
        }
    }

    @Test
    void refusesLimitsThatAreNoNumbers() throws Exception {
        try (var client = client()) {
            assertEquals(400, client.send("GET", MAPS + "?limit=many", "Accept: */*", "").status());
        }
    }

    @Test
    void asksStrangersToShowWhoTheyAre() throws Exception {
        try (var client = RawClient.anonymous(server)) {
            var reply = client.send("GET", MAPS, "Accept: */*", "");
            assertEquals(401, reply.status());
            assertEquals("Unauthorized", status(reply).text("message"));
            assertEquals("ok", client.send("GET", "/readyz", "Accept: */*", "").body());
        }
    }

    @Test
    void refusesCertificatesOfOtherAuthorities(@TempDir Path other) throws Exception {
        try (var stranger = TestServer.in(other); var client = RawClient.with(stranger, server.port())) {
            assertEquals(401, client.send("GET", MAPS, "Accept: */*", "").status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer x", "Bearer a.b.c", "Bearer ..", "Bearer eyJhbGciOiJub25lIn0.e30."})
    void refusesTokensThatProveNothing(String header) throws Exception {
        try (var client = RawClient.anonymous(server)) {
            assertEquals(401, client.send("GET", MAPS, "Authorization: " + header, "").status());
        }
    }

    @Test
    void answersBytesThatAreNoHttp() throws Exception {
        try (var client = client()) {
            client.write("\u0001\u0002 nonsense\r\n\r\n");
            assertTrue(client.read().status() >= 400);
        }
    }

    @Test
    void closesConnectionsThatSpeakNoTls() throws Exception {
        try (var socket = new java.net.Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = readUntilClosed(socket);
            assertFalse(new String(answer, StandardCharsets.ISO_8859_1).contains("200 OK"), Arrays.toString(answer));
        }
    }

    private static byte[] readUntilClosed(java.net.Socket socket) throws IOException {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (java.net.SocketException e) {
            return new byte[0];
        }
    }

    @Test
    void refusesAHeaderWithoutEnd() throws Exception {
        try (var client = client()) {
            client.write("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(40_000) + "\r\n\r\n");
            var reply = client.read();
            assertEquals(431, reply.status());
            status(reply);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {";;;", ";", "application/json;;q=", ",,,", ";q=1,application/json;as"})
    void readsAnyAcceptHeader(String accept) throws Exception {
        try (var client = client()) {
            var reply = client.send("GET", "/api/v1/namespaces/default", "Accept: " + accept, "");
            assertTrue(reply.status() == 200 || reply.status() == 406, reply.toString());
        }
    }

    /** The verbs of Kubernetes are no methods: nobody deletes a whole collection by naming one of its objects. */
    @ParameterizedTest
    @ValueSource(strings = {"LIST", "WATCH", "GeT", "DELETECOLLECTION", "CREATE", "UPDATE", "IMPERSONATE", "A"})
    void takesNoVerbsForMethods(String method) throws Exception {
        try (var client = client()) {
            assertEquals(405, client.send(method, MAPS + "/y", "Accept: */*", "").status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics/x", "/version/x", "/version/../metrics", "/starling/backup/../../x"})
    void servesNothingBelowSinglePages(String path) throws Exception {
        try (var client = client()) {
            assertEquals(404, client.send("GET", path, "Accept: */*", "").status());
        }
    }

    @Test
    void refusesPackedBodies() throws Exception {
        var reply = send("POST", MAPS, "application/json\r\nContent-Encoding: gzip",
                "{\"metadata\":{\"name\":\"gz\"}}");
        assertEquals(415, reply.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00ff", "\u00c0\u00ae", "\u00ed\u00a0\u0080"})
    void refusesTextThatIsNotUtf8(String bytes) throws Exception {
        for (String type : java.util.List.of("application/json", "application/yaml")) {
            assertEquals(400, send("POST", MAPS, type, "{\"metadata\": {\"name\": \"" + bytes + "\"}}").status());
        }
    }

    @Test
    void refusesYamlThatIsNestedTooDeep() throws Exception {
        for (String text : java.util.List.of("[".repeat(20_000), "- ".repeat(20_000), "{a: ".repeat(10_000))) {
            assertEquals(400, send("POST", MAPS, "application/yaml", text).status());
        }
    }

    /** Whatever the message says of them, it stays short. */
    @Test
    void tellsOfFewRepeatedFields() throws Exception {
        String body = "{\"metadata\":{\"name\":\"twice\"},\"x\":" + "{\"a\":".repeat(400)
                + "{" + "\"b\":1,".repeat(5_000) + "\"c\":1}" + "}".repeat(400) + "}";
        var reply = send("POST", MAPS + "?fieldValidation=Strict", "application/json", body);
        assertEquals(400, reply.status());
        assertTrue(reply.body().length() < 200_000, () -> "length " + reply.body().length());
    }

    /** As upstream, which knows no resource yet where it finds that. */
    @Test
    void saysInPlainTextThatNobodyIsImpersonated() throws Exception {
        try (var client = client()) {
            var reply = client.send("GET", MAPS + "?a=1&limit=1", "Impersonate-Group: devs\r\nImpersonate-Uid: 7", "");
            assertEquals(500, reply.status());
            assertEquals("text/plain; charset=utf-8", reply.header("content-type"));
            assertEquals("Internal Server Error: \"" + MAPS + "?a=1&amp;limit=1\": requested [{Group  devs    } "
                    + "{UID  7  authentication.k8s.io/v1  }] without impersonating a user\n", reply.body());
            assertEquals(200, client.send("GET", MAPS, "Impersonate-User:", "").status());
        }
    }

    @Test
    void saysThatAPortIsTaken(@TempDir Path other) {
        var taken = ServerSettings.DEFAULT.at("127.0.0.1", server.port());
        var refusal = assertThrows(java.io.UncheckedIOException.class, () -> new TestServer(other, taken));
        assertTrue(refusal.getMessage().contains("bind"), refusal.getMessage());
    }
}
