package dev.starling.apiserver.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Stands for a runtime's streaming server: answers 101 and then does what a test wants with the raw connection. */
final class FakeStreamingServer implements AutoCloseable {
    private final ServerSocket socket;
    private final BlockingQueue<String> heads = new LinkedBlockingQueue<>();

    /** What happens on a connection after its answer. */
    interface Talk {
        void with(Socket connection) throws IOException;
    }

    FakeStreamingServer(String answer, Talk talk) throws IOException {
        socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> serve(answer, talk));
    }

    static FakeStreamingServer upgrading(Talk talk) throws IOException {
        return new FakeStreamingServer("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                + "Upgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n", talk);
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/exec/token?x=1");
    }

    /** The head of the next request that came. */
    String head() throws InterruptedException {
        return heads.take();
    }

    private void serve(String answer, Talk talk) {
        while (!socket.isClosed()) {
            try (var connection = socket.accept()) {
                heads.add(readHead(connection.getInputStream()));
                connection.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                connection.getOutputStream().flush();
                talk.with(connection);
            } catch (IOException e) {
                if (!socket.isClosed() && socket.isBound() && e.getMessage() != null
                        && e.getMessage().contains("accept")) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    static String readHead(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                return head.toString();
            }
            head.append((char) c);
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
