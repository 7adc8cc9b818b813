package dev.starling.app.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Visitors who ask for the front page again and again, each over connections of its own that it renews now and then,
 * so that new pods get their share. Ends by close; nobody waits longer than a second for an answer that never comes.
 */
final class LoadGenerator implements AutoCloseable {
    private static final int REQUESTS_PER_CONNECTION = 50;
    private static final int TIMEOUT_MS = 1_000;

    private final InetSocketAddress target;
    private final byte[] request;
    private final AtomicBoolean over = new AtomicBoolean();
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final List<Thread> visitors = new ArrayList<>();

    LoadGenerator(InetSocketAddress target, int visitorCount) {
        this.target = target;
        this.request = ("GET / HTTP/1.1\r\nHost: " + target.getHostString() + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < visitorCount; i++) {
            visitors.add(Thread.ofVirtual().name("visitor-" + i).start(this::visit));
        }
    }

    private void visit() {
        while (!over.get()) {
            try (var socket = new Socket()) {
                socket.setSoTimeout(TIMEOUT_MS);
                socket.connect(target, TIMEOUT_MS);
                var in = new BufferedInputStream(socket.getInputStream());
                for (int i = 0; i < REQUESTS_PER_CONNECTION && !over.get(); i++) {
                    socket.getOutputStream().write(request);
                    take(in);
                    answered.increment();
                }
            } catch (IOException e) {
                failed.increment();
                Thread.yield();
            }
        }
    }

    /** One whole answer, as long as Content-Length tells. */
    private static void take(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.length() < 4 || head.lastIndexOf("\r\n\r\n") != head.length() - 4) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the answer ended early");
            }
            head.append((char) next);
        }
        if (!head.toString().startsWith("HTTP/1.1 200")) {
            throw new IOException("refused: " + head.substring(0, head.indexOf("\r")));
        }
        in.skipNBytes(length(head.toString()));
    }

    private static long length(String head) {
        return head.lines().filter(line -> line.regionMatches(true, 0, "Content-Length:", 0, 15))
                .mapToLong(line -> Long.parseLong(line.substring(15).strip())).findFirst().orElse(0);
    }

    long answered() {
        return answered.sum();
    }

    long failed() {
        return failed.sum();
    }

    @Override
    public void close() {
        over.set(true);
        for (var visitor : visitors) {
            try {
                visitor.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
