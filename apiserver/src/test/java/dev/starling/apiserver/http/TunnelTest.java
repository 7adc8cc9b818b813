package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.access.Certificates;
import dev.starling.apiserver.access.ServerName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TunnelTest {
    @TempDir
    Path folder;
    private volatile URI far = URI.create("http://127.0.0.1:1/");
    private HttpServer server;

    @BeforeEach
    void start() {
        var certificates = Certificates.open(folder, List.of(ServerName.of("127.0.0.1")), InstantSource.system());
        var upgrades = new Upgrades();
        server = new HttpServer(ServerSettings.DEFAULT.at("127.0.0.1", 0), certificates.serverTls(),
                exchange -> {
                    try {
                        upgrades.serve(exchange, () -> far);
                    } catch (dev.starling.kube.api.ApiException e) {
                        Answer.refuse(exchange, e);
                    }
                }, new Exchange.Bounds(ServerLimits.DEFAULT, false, new LargeBodies(ServerLimits.DEFAULT),
                        new Tunnels(), new UnreadAnswers()));
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private SSLSocket open(String upgrade) throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, new SecureRandom());
        var socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.port());
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(("POST /api/v1/x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: "
                + upgrade + "\r\nX-Stream-Protocol-Version: v5.channel.k8s.io\r\n"
                + "X-Stream-Protocol-Version: v4.channel.k8s.io\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    @Test
    void carriesFarMoreThanItsBuffersBothWays() throws Exception {
        var sent = new byte[48 << 20];
        new Random(7).nextBytes(sent);
        try (var fake = FakeStreamingServer.upgrading(c -> c.getInputStream().transferTo(c.getOutputStream()))) {
            far = fake.address();
            try (var socket = open("SPDY/3.1")) {
                String head = FakeStreamingServer.readHead(socket.getInputStream());
                assertTrue(head.startsWith("HTTP/1.1 101"), head);
                assertTrue(head.contains("v4.channel.k8s.io"), head);
                var writer = Thread.ofVirtual().start(() -> write(socket, sent));
                assertArrayEquals(sent, socket.getInputStream().readNBytes(sent.length));
                writer.join();
            }
            String asked = fake.head();
            assertTrue(asked.startsWith("POST /exec/token?x=1 HTTP/1.1"), asked);
            assertTrue(asked.contains("X-Stream-Protocol-Version: v5.channel.k8s.io\r\n"
                    + "X-Stream-Protocol-Version: v4.channel.k8s.io"), asked);
        }
    }

    private static void write(SSLSocket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void passesOnWhatTheFarSideSaysAtOnceAndItsEnd() throws Exception {
        try (var fake = FakeStreamingServer.upgrading(c -> c.getOutputStream().write("hello".getBytes()))) {
            far = fake.address();
            try (var socket = open("SPDY/3.1")) {
                FakeStreamingServer.readHead(socket.getInputStream());
                assertEquals("hello", new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void passesOnTheEndOfTheClientAndStillCarriesTheAnswer() throws Exception {
        try (var fake = FakeStreamingServer.upgrading(c -> {
            int length = c.getInputStream().readAllBytes().length;
            c.getOutputStream().write(("got " + length).getBytes());
        })) {
            far = fake.address();
            try (var socket = open("SPDY/3.1")) {
                FakeStreamingServer.readHead(socket.getInputStream());
                socket.getOutputStream().write(new byte[1000]);
                socket.shutdownOutput();
                assertEquals("got 1000", new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void endsTheFarSideWhenTheClientVanishes() throws Exception {
        var ended = new java.util.concurrent.CountDownLatch(1);
        try (var fake = FakeStreamingServer.upgrading(c -> {
            try {
                while (c.getInputStream().read() >= 0) {
                    Thread.onSpinWait();
                }
            } finally {
                ended.countDown();
            }
        })) {
            far = fake.address();
            var socket = open("SPDY/3.1");
            FakeStreamingServer.readHead(socket.getInputStream());
            socket.close();
            assertTrue(ended.await(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void passesOnTheRefusalOfTheFarSide() throws Exception {
        String refusal = "HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nno such";
        try (var fake = new FakeStreamingServer(refusal, c -> { })) {
            far = fake.address();
            try (var socket = open("SPDY/3.1")) {
                String head = FakeStreamingServer.readHead(socket.getInputStream());
                assertTrue(head.startsWith("HTTP/1.1 404"), head);
                assertEquals("no such", new String(socket.getInputStream().readNBytes(7), StandardCharsets.UTF_8));
            }
        }
    }

    /** Servers keep a connection that they have answered on, and may answer in chunks. */
    @Test
    void passesOnRefusalsInChunksOnAConnectionThatStays() throws Exception {
        String refusal = "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nno s\r\n3;x=y\r\nuch\r\n"
                + "0\r\n\r\n";
        var over = new CountDownLatch(1);
        try (var fake = new FakeStreamingServer(refusal, c -> await(over))) {
            far = fake.address();
            try (var socket = open("SPDY/3.1")) {
                String head = FakeStreamingServer.readHead(socket.getInputStream());
                assertTrue(head.startsWith("HTTP/1.1 404"), head);
                assertEquals("no such", new String(socket.getInputStream().readNBytes(7), StandardCharsets.UTF_8));
            } finally {
                over.countDown();
            }
        }
    }

    private static void await(CountDownLatch over) {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: -5", "Content-Length: x", "Transfer-Encoding: chunked"})
    void saysThatTheFarSideSpeaksNoHttp(String header) throws Exception {
        try (var fake = new FakeStreamingServer("HTTP/1.1 403 Forbidden\r\n" + header + "\r\n\r\nno such\r\n",
                c -> { })) {
            far = fake.address();
            try (var socket = open("SPDY/3.1")) {
                String head = FakeStreamingServer.readHead(socket.getInputStream());
                assertTrue(head.startsWith("HTTP/1.1 500"), head);
                int length = Integer.parseInt(head.replaceAll("(?s).*Content-Length: ([0-9]+).*", "$1"));
                String told = new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
                assertTrue(told.contains("error dialing backend: an answer has a wrong"), told);
            }
        }
    }

    @Test
    void saysWhenNobodyListensOnTheFarSide() throws Exception {
        try (var socket = open("SPDY/3.1")) {
            String head = FakeStreamingServer.readHead(socket.getInputStream());
            assertTrue(head.startsWith("HTTP/1.1 500"), head);
        }
    }

    @Test
    void refusesWebSocketsSoThatClientsFallBack() throws Exception {
        try (var socket = open("websocket")) {
            String head = FakeStreamingServer.readHead(socket.getInputStream());
            assertTrue(head.startsWith("HTTP/1.1 400"), head);
        }
    }

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new UnsupportedOperationException(Arrays.toString(chain));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            assertEquals(2, chain.length);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
