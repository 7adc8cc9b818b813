package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of connections that are too many or too slow, and that other clients notice nothing. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ConnectionsTest {
    private static final int MOST = 20;
    @TempDir
    private static Path folder;
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0).within(
                ServerLimits.parse("{connections: 20, connectionIdleSeconds: 30, headSeconds: 1}")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RawClient busyNeighbour() throws Exception {
        var neighbour = RawClient.admin(server);
        neighbour.write("GET /api/v1/configmaps?watch=true HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return neighbour;
    }

    private static long metric(String name) throws Exception {
        try (var client = RawClient.admin(server)) {
            return client.send("GET", "/metrics", "Accept: */*", "").body().lines().filter(l -> l.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1))).sum();
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        var deadline = Instant.now().plusSeconds(20);
        while (!condition.call()) {
            assertTrue(Instant.now().isBefore(deadline), "it did not come true in time");
            Thread.onSpinWait();
        }
    }

    @Test
    void thoseThatIdleMakeRoomAndBusyOnesStay() throws Exception {
        var idle = new ArrayList<RawClient>();
        try (var watcher = busyNeighbour()) {
            for (int i = 0; i < 3 * MOST; i++) {
                var client = RawClient.admin(server);
                assertEquals(200, client.send("GET", "/livez", "Accept: */*", "").status());
                idle.add(client);
            }
            assertTrue(metric("apiserver_closed_connections_total{reason=\"idle\"}") >= 2 * MOST);
            await(() -> metric("apiserver_open_connections ") <= MOST);
            server.registry().api().create(
                    Kinds.CONFIG_MAPS.key("default", "seen"),
                    KubeObject.named(Kinds.CONFIG_MAPS, "default",
                            "seen"));
            assertEquals(200, watcher.read().status());
            assertTrue(watcher.text(40).contains("ADDED"));
        } finally {
            closeAll(idle);
        }
    }

    /** Nobody has heard yet of the end of those that are closed, which takes a while. */
    @Test
    void eachMakesRoomOnce() throws Exception {
        var connections = new Connections(ServerLimits.parse("connections: 2"));
        var ends = new ArrayList<ByteArrayEndPoint>();
        var opened = new ArrayList<SslConnection>();
        for (int i = 0; i < 6; i++) {
            var end = new ByteArrayEndPoint();
            var made = new SslConnection(new ArrayByteBufferPool(), Runnable::run, end,
                    SSLContext.getDefault().createSSLEngine());
            connections.onOpened(made);
            ends.add(end);
            opened.add(made);
        }
        assertEquals(List.of(false, false, false, false, true, true),
                ends.stream().map(ByteArrayEndPoint::isOpen).toList());
        assertEquals(2, connections.metrics().getFirst().value());
        opened.forEach(connections::onClosed);
        assertEquals(0, connections.metrics().getFirst().value());
    }

    @Test
    void whereAllAreBusyANewOneIsClosed() throws Exception {
        var watchers = new ArrayList<RawClient>();
        try {
            for (int i = 0; i < MOST; i++) {
                var watcher = busyNeighbour();
                assertEquals(200, watcher.read().status());
                watchers.add(watcher);
            }
            assertThrows(IOException.class, () -> {
                try (var late = RawClient.admin(server)) {
                    late.send("GET", "/livez", "Accept: */*", "");
                }
            });
        } finally {
            closeAll(watchers);
        }
        await(() -> {
            try {
                return metric("apiserver_closed_connections_total{reason=\"all_busy\"}") > 0;
            } catch (IOException stillFull) {
                return false;
            }
        });
    }

    /** Its bytes come steadily, so that it is never idle. */
    @Test
    void headsThatDripAreCutOff() throws Exception {
        var never = new Semaphore(0);
        try (var dripping = RawClient.admin(server)) {
            assertThrows(IOException.class, () -> {
                dripping.write("GET /livez HTTP/1.1\r\nX: ");
                var deadline = Instant.now().plusSeconds(20);
                while (Instant.now().isBefore(deadline)) {
                    dripping.write("x");
                    never.tryAcquire(20, TimeUnit.MILLISECONDS);
                }
            });
        }
        try (var silent = new java.net.Socket("127.0.0.1", server.port())) {
            silent.setSoTimeout(20_000);
            assertEquals(-1, silent.getInputStream().read());
        }
        assertTrue(metric("apiserver_closed_connections_total{reason=\"slow\"}") >= 2);
    }

    private static void closeAll(List<RawClient> clients) throws IOException {
        for (var client : clients) {
            client.close();
        }
    }
}
