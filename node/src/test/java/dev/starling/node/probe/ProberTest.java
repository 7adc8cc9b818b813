package dev.starling.node.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.SimulationDriver;
import dev.starling.node.simulated.SimulatedRuntime;
import dev.starling.node.simulated.SimulationSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProberTest {
    private final SimulationDriver driver = new SimulationDriver(1, Instant.EPOCH);
    private final Prober prober =
            new Prober(new SimulatedRuntime(driver, SimulationSettings.DEFAULT, delay -> { }));
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            boolean named = "shop".equals(exchange.getRequestHeaders().getFirst("X-Name"));
            int status = exchange.getRequestURI().getPath().equals("/bad") ? 500 : named ? 204 : 200;
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private ProbeResult probe(JsonObject json) {
        var container = JsonObject.of("ports", JsonArray.of(JsonObject.of("name", "http",
                "containerPort", server.getAddress().getPort())));
        return prober.probe(ProbeSpec.of(json), new Prober.Target("c", "127.0.0.1", container));
    }

    @Test
    void asksANamedPortOverHttp() {
        var get = JsonObject.of("path", "/ok", "port", "http",
                "httpHeaders", JsonArray.of(JsonObject.of("name", "X-Name", "value", "shop")));
        assertTrue(probe(JsonObject.of("httpGet", get)).ok());
    }

    @Test
    void tellsABadStatus() {
        assertEquals("HTTP probe failed with statuscode: 500",
                probe(JsonObject.of("httpGet", JsonObject.of("path", "bad", "port", "http"))).message());
    }

    @Test
    void givesAServerThatSendsPieceByPieceNoMoreTime() throws IOException, InterruptedException {
        try (var slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var sender = Thread.ofVirtual().start(() -> drip(slow));
            var before = Instant.now();
            var result = probe(JsonObject.of("httpGet", JsonObject.of("port", slow.getLocalPort()),
                    "timeoutSeconds", 1));
            assertTrue(result.message().contains("context deadline exceeded"), result.message());
            assertTrue(Duration.between(before, Instant.now()).toSeconds() < 10, "it waited for the server");
            sender.join();
        }
    }

    /** Sends a byte whenever the reader may have given up waiting for one, until it hangs up. */
    private static void drip(ServerSocket server) {
        try (var socket = server.accept()) {
            socket.setSoTimeout(300);
            for (int i = 0; i < 100 && !hungUp(socket); i++) {
                socket.getOutputStream().write('H');
            }
        } catch (IOException e) {
            assertTrue(e.getMessage() != null, "the reader hung up, as it should");
        }
    }

    private static boolean hungUp(Socket socket) throws IOException {
        try {
            return socket.getInputStream().skip(1_000_000) == 0;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void cutsWhatNobodyReads() {
        assertEquals(1_003, ProbeResult.failed("x".repeat(1 << 20)).message().length());
    }

    @Test
    void tellsARefusedConnection() {
        int port = server.getAddress().getPort();
        assertTrue(probe(JsonObject.of("tcpSocket", JsonObject.of("port", port))).ok());
        server.stop(0);
        assertEquals("dial tcp 127.0.0.1:" + port + ": connect: connection refused",
                probe(JsonObject.of("tcpSocket", JsonObject.of("port", port))).message());
        assertEquals("Get \"http://127.0.0.1:" + port + "/\": dial tcp 127.0.0.1:" + port
                + ": connect: connection refused",
                probe(JsonObject.of("httpGet", JsonObject.of("port", port))).message());
    }
}
