package dev.starling.kube.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that mean harm, or are broken. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BoundedAnswerTest {
    private static final System.Logger LOG = System.getLogger(BoundedAnswerTest.class.getName());
    private static final Duration LONG = Duration.ofSeconds(20);

    private interface Talk {
        void to(OutputStream client) throws IOException;
    }

    private static int ask(Talk talk, Duration most) throws IOException {
        var client = HttpClient.newHttpClient();
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(server, talk));
            var address = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
            return BoundedAnswer.of(client, HttpRequest.newBuilder(address).build(), most, 100_000).body().length;
        } finally {
            client.shutdownNow();
        }
    }

    private static void serve(ServerSocket server, Talk talk) {
        try (var socket = server.accept()) {
            talk.to(socket.getOutputStream());
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the client left", e);
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    @Test
    void aShortAnswerComesWhole() throws IOException {
        assertEquals(5, ask(out -> write(out, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), LONG));
    }

    @Test
    void aHeadWithoutItsBodyIsNotWaitedForForever() {
        assertThrows(HttpTimeoutException.class, () -> ask(
                out -> write(out, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"), Duration.ofMillis(300)));
    }

    @Test
    void noEndlessBodyIsTaken() {
        assertThrows(IOException.class, () -> ask(out -> {
            write(out, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            for (int i = 0; i < 10_000; i++) {
                write(out, "x".repeat(10_000));
            }
        }, LONG));
    }

    @Test
    void whatIsNoHttpIsAFailure() {
        assertThrows(IOException.class, () -> ask(out -> write(out, "\u0000\u0001\r\n\r\n"), LONG));
    }
}
