package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.http.Kubeconfig;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Watches over WebSocket, as fabric8 asks for them: a client that got a stream instead would wait for its end. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WebSocketTest {
    private static final String WATCH = "/api/v1/namespaces/default/configmaps?watch=true";
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

    /** What a client hears. */
    private record Heard(BlockingQueue<String> words) implements WebSocket.Listener {

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            words.add((last ? "" : "part ") + text);
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer bytes, boolean last) {
            words.add("binary " + StandardCharsets.ISO_8859_1.decode(bytes));
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(WebSocket socket, ByteBuffer payload) {
            words.add("pong " + StandardCharsets.UTF_8.decode(payload));
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            words.add("close " + code);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            words.add("error " + error);
        }

        String next() throws InterruptedException {
            return String.valueOf(words.poll(30, TimeUnit.SECONDS));
        }

        String nextEvent() throws InterruptedException {
            var event = (JsonObject) JsonReader.read(next());
            return event.text("type") + " " + event.text("object", "metadata", "name");
        }
    }

    private final Heard heard = new Heard(new LinkedBlockingQueue<>());

    private WebSocket open(String path, String accept) {
        return client.newWebSocketBuilder().header("Accept", accept)
                .buildAsync(URI.create("wss://127.0.0.1:" + server.port() + path), heard).join();
    }

    private KubeObject create(String name, int size) {
        return server.registry().api().create(Kinds.CONFIG_MAPS.key("default", name), 
                KubeObject.named(Kinds.CONFIG_MAPS, "default", name).with("x".repeat(size), "data", "a"),
                WriteOptions.DEFAULT);
    }

    private void delete(String name) {
        server.registry().api().delete(Kinds.CONFIG_MAPS.key("default", name));
    }

    @Test
    void tellsEachEventInAMessageOfItsOwn() throws Exception {
        create("there", 10);
        var socket = open(WATCH, "application/json");
        assertEquals("ADDED there", heard.nextEvent());
        create("small", 10);
        create("middle", 5_000);
        delete("small");
        assertEquals("ADDED small", heard.nextEvent());
        assertEquals("ADDED middle", heard.nextEvent());
        assertEquals("DELETED small", heard.nextEvent());
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "enough").join();
        assertEquals("close 1000", heard.next());
    }

    @Test
    void answersPings() throws Exception {
        var socket = open(WATCH, "application/json");
        socket.sendPing(ByteBuffer.wrap("there?".getBytes(StandardCharsets.UTF_8))).join();
        assertEquals("pong there?", heard.next());
        socket.abort();
    }

    @Test
    void endsWithACloseWhenItsTimeIsOver() throws Exception {
        open(WATCH + "&timeoutSeconds=1", "application/json");
        assertEquals("close 1000", heard.next());
    }

    @Test
    void keepsAClientThatSaysNothing() throws Exception {
        server.close();
        server = new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0)
                .within(ServerLimits.parse("connectionIdleSeconds: 1")));
        open(WATCH + "&timeoutSeconds=2", "application/json");
        assertEquals("close 1000", heard.next());
    }

    @Test
    void tellsEventsInProtobufAsBinaryWithoutALengthInFront() throws Exception {
        var socket = open(WATCH, "application/vnd.kubernetes.protobuf");
        create("encoded", 10);
        String said = heard.next();
        assertTrue(said.startsWith("binary \n\5ADDED"), said);
        socket.abort();
    }

    @Test
    void tellsEventsInCborAsBinary() throws Exception {
        server.close();
        server = new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0).speakingCbor(true));
        var socket = open(WATCH, "application/cbor");
        create("encoded", 10);
        String said = heard.next();
        assertTrue(said.startsWith("binary ") && said.contains("ADDED") && said.contains("type"), said);
        socket.abort();
    }

    @Test
    void refusesBeforeItBecomesAWebSocket() {
        var failure = assertThrows(CompletionException.class,
                () -> open(WATCH + "&resourceVersion=none", "application/json"));
        var refused = assertInstanceOf(WebSocketHandshakeException.class, failure.getCause());
        assertEquals(422, refused.getResponse().statusCode());
    }

    @Test
    void refusesAHandshakeThatIsNone() throws Exception {
        try (var raw = RawClient.admin(server)) {
            assertEquals(400, raw.send("GET", WATCH, "Connection: Upgrade\r\nUpgrade: websocket", "").status());
        }
    }

    @Test
    void closesOnAClientThatBreaksTheProtocol() throws Exception {
        try (var raw = RawClient.admin(server)) {
            raw.write("GET " + WATCH + " HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\n"
                    + "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: base64.binary.k8s.io\r\n\r\n\u0001\u0001x");
            var reply = raw.read();
            assertEquals(101, reply.status());
            assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", reply.header("sec-websocket-accept"));
            assertEquals("base64.binary.k8s.io", reply.header("sec-websocket-protocol"));
            assertArrayEquals("\u0088\u0002\u0003\u00ea".getBytes(StandardCharsets.ISO_8859_1), raw.bytes(4));
        }
    }

    /** A client that keeps its side open would else cost a connection for as long as one may idle. */
    @Test
    void closesTheConnectionOnceBothHaveSaidTheirLast() throws Exception {
        try (var raw = RawClient.admin(server); var other = RawClient.admin(server)) {
            raw.write("GET " + WATCH + "&timeoutSeconds=1 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                    + "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Sec-WebSocket-Version: 13\r\n\r\n");
            assertEquals(101, raw.read().status());
            assertEquals(2, connections(other));
            assertArrayEquals("\u0088\u0002\u0003\u00e8".getBytes(StandardCharsets.ISO_8859_1), raw.bytes(4));
            raw.write(new String(ClientFramesTest.frame(0x88, "\u0003\u0068"), StandardCharsets.ISO_8859_1));
            var deadline = Instant.now().plusSeconds(20);
            while (connections(other) > 1) {
                assertTrue(Instant.now().isBefore(deadline), "it is still open");
                Thread.onSpinWait();
            }
        }
    }

    private static long connections(RawClient client) throws Exception {
        String name = "apiserver_open_connections ";
        return client.send("GET", "/metrics", "Accept: */*", "").body().lines().filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.substring(name.length()))).sum();
    }

    @Test
    void endsWithTheServer() throws Exception {
        open(WATCH, "application/json");
        create("seen", 10);
        assertEquals("ADDED seen", heard.nextEvent());
        server.close();
        assertEquals("close 1000", heard.next());
    }
}
