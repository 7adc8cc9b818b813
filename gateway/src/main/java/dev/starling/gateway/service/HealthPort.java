package dev.starling.gateway.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.starling.kube.json.JsonObject;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/**
 * One port of the host at which a balancer asks whether a Service has endpoints here: 200 or 503, with their number,
 * in the form of Kubernetes' own proxy, whatever the request asks for. HTTP is the JDK's own server's matter. A few are
 * answered at a time; who comes beyond that is let go at once, and counted, but for connections beyond 256, which the
 * JDK closes by itself. Thread-safe.
 */
final class HealthPort implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HealthPort.class.getName());
    private static final int MOST_AT_ONCE = 16;
    private static final int MOST_CONNECTIONS = 256;
    private static final int PATIENCE_SECONDS = 2;

    static {
        // Without these the JDK's server waits for ever for the rest of a request, and for who reads an answer.
        System.setProperty("sun.net.httpserver.maxReqTime", Integer.toString(PATIENCE_SECONDS));
        System.setProperty("sun.net.httpserver.maxRspTime", Integer.toString(PATIENCE_SECONDS));
        System.setProperty("jdk.httpserver.maxConnections", Integer.toString(MOST_CONNECTIONS));
    }

    /** What is answered. */
    record Health(String namespace, String name, int endpoints) {
    }

    /** Who runs what waits for clients. */
    interface Runner {
        void run(String name, Runnable task);
    }

    private final HttpServer server;
    private final Runner runner;
    private final LongAdder refused;
    private final Semaphore seats = new Semaphore(MOST_AT_ONCE);
    private volatile Health health;

    /** @param refused counts those who were let go */
    HealthPort(int port, Health health, Runner runner, LongAdder refused) throws IOException {
        this.health = health;
        this.runner = runner;
        this.refused = refused;
        mustBeFree(port);
        server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(this::execute);
        server.createContext("/", this::answer);
        server.start();
    }

    /** The JDK's server never gives back what it opened for a port that it cannot have. */
    private static void mustBeFree(int port) throws IOException {
        new ServerSocket(port).close();
    }

    void tell(Health now) {
        health = now;
    }

    private void execute(Runnable task) {
        if (!seats.tryAcquire()) {
            refused.increment();
            throw new RejectedExecutionException("too many ask at once");
        }
        try {
            runner.run("health-port-" + server.getAddress().getPort(), () -> {
                try {
                    task.run();
                } finally {
                    seats.release();
                }
            });
        } catch (RuntimeException e) {
            seats.release();
            throw e;
        }
    }

    private void answer(HttpExchange exchange) {
        var now = health;
        byte[] body = (JsonObject.of("service", JsonObject.of("namespace", now.namespace(), "name", now.name()),
                "localEndpoints", now.endpoints(), "serviceProxyHealthy", true) + "\n")
                .getBytes(StandardCharsets.UTF_8);
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "application/json");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Load-Balancing-Endpoint-Weight", Integer.toString(now.endpoints()));
        headers.set("Connection", "close");
        boolean headAlone = exchange.getRequestMethod().equals("HEAD");
        try (exchange) {
            exchange.sendResponseHeaders(now.endpoints() > 0 ? 200 : 503, headAlone ? -1 : body.length);
            if (!headAlone) {
                exchange.getResponseBody().write(body);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "health port lost its client", e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
