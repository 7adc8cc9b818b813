package dev.starling.gateway.service;

import dev.starling.kube.json.JsonObject;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;

/**
 * One port of the host at which a balancer asks whether a Service has endpoints here: 200 or 503, with their number,
 * in the form of Kubernetes' own proxy. It asks nothing of a request but an end, and answers a few at a time.
 * Thread-safe.
 */
final class HealthPort implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HealthPort.class.getName());
    private static final int MOST_AT_ONCE = 16;
    private static final int PATIENCE_MS = 2_000;
    private static final int LONGEST_HEAD = 8_192;

    /** What is answered. */
    record Health(String namespace, String name, int endpoints) {
    }

    /** Who runs what waits for clients. */
    interface Runner {
        void run(String name, Runnable task);
    }

    private final ServerSocket socket;
    private final Semaphore seats = new Semaphore(MOST_AT_ONCE);
    private volatile Health health;

    HealthPort(int port, Health health) throws IOException {
        this.health = health;
        this.socket = new ServerSocket(port);
    }

    void tell(Health now) {
        health = now;
    }

    boolean closed() {
        return socket.isClosed();
    }

    /** Answers until it is closed. */
    void serve(Runner runner) {
        String name = "health-port-" + socket.getLocalPort();
        while (!socket.isClosed()) {
            try {
                var client = socket.accept();
                if (seats.tryAcquire()) {
                    runner.run(name, () -> answerAndClose(client));
                } else {
                    client.close();
                }
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    LOG.log(Level.WARNING, "health port gave up port=" + socket.getLocalPort() + " why=" + e);
                    close();
                }
            }
        }
    }

    private void answerAndClose(Socket client) {
        try (client) {
            client.setSoTimeout(PATIENCE_MS);
            if (readHead(client)) {
                client.getOutputStream().write(answer(health).getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "health port lost its client", e);
        } finally {
            seats.release();
        }
    }

    private static boolean readHead(Socket client) throws IOException {
        var in = client.getInputStream();
        int line = 0;
        for (int i = 0; i < LONGEST_HEAD; i++) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            if (next == '\n' && line == 0) {
                return true;
            }
            line = next == '\n' ? 0 : next == '\r' ? line : line + 1;
        }
        return false;
    }

    private static String answer(Health health) {
        String body = JsonObject.of("service", JsonObject.of("namespace", health.namespace(), "name", health.name()),
                "localEndpoints", health.endpoints(), "serviceProxyHealthy", true) + "\n";
        return "HTTP/1.1 " + (health.endpoints() > 0 ? "200 OK" : "503 Service Unavailable") + "\r\n"
                + "Content-Type: application/json\r\nX-Content-Type-Options: nosniff\r\n"
                + "X-Load-Balancing-Endpoint-Weight: " + health.endpoints() + "\r\n"
                + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\nConnection: close\r\n\r\n"
                + body;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "health port could not be closed port=" + socket.getLocalPort(), e);
        }
    }
}
