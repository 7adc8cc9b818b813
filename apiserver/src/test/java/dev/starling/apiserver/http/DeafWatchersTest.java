package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.fairness.BootstrapFlows;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Very many watches on few connections of HTTP/2, by clients that never take more than the first few bytes. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DeafWatchersTest {
    private static final String WATCH = "/api/v1/namespaces/default/configmaps?watch=true";
    private static final int STREAMS = 50;
    private static final int UNREAD_BYTES = 8 << 20;
    private static final int EVENT_BYTES = 400_000;
    private static final System.Logger LOG = System.getLogger(DeafWatchersTest.class.getName());
    private static final int EVENTS = 60;
    private static final long OTHERS = 64 << 20;

    @TempDir
    private Path folder;
    private TestServer server;
    private RawClient asker;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0).within(ServerLimits.parse(
                "{connectionIdleSeconds: 10, connectionStreams: 50, unreadBytes: " + UNREAD_BYTES + "}")));
        new BootstrapFlows(server.registry().api()).step(Instant.EPOCH);
        asker = RawClient.admin(server);
    }

    @AfterEach
    void stop() throws IOException {
        asker.close();
        server.close();
    }

    private long metric(String name) throws IOException {
        return asker.send("GET", "/metrics", "Accept: */*", "").body().lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    private String asked(String name) {
        try {
            return Long.toString(metric(name));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void await(String name, long value) throws IOException {
        var deadline = Instant.now().plusSeconds(60);
        while (metric(name) != value) {
            assertTrue(Instant.now().isBefore(deadline), () -> "it is not " + value + ": " + name + " " + asked(name));
            Thread.onSpinWait();
        }
    }

    /** Events in forms that all share are held once, and those that are made for each are bounded. */
    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json;as=Table;v=v1;g=meta.k8s.io"})
    void takeBoundedMemoryAndHurtNobody(String accept) throws Exception {
        var deaf = new ArrayList<RawHttp2>();
        var read = new AtomicLong();
        try (var watcher = RawClient.admin(server)) {
            for (int i = 0; i < 4; i++) {
                deaf.add(i % 2 == 0 ? new RawHttp2(server) : new RawHttp2(server).hearing());
                for (int j = 0; j < STREAMS; j++) {
                    deaf.getLast().get(WATCH + "&includeObject=Object", accept);
                }
            }
            watcher.write("GET " + WATCH + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertEquals(200, watcher.read().status());
            Thread.ofVirtual().start(() -> readAll(watcher, read));
            await("apiserver_longrunning_requests", deaf.size() * STREAMS + 1);
            long before = used();
            long most = changed();
            int beside = 4 + Runtime.getRuntime().availableProcessors(); // admitted before the last piece counted
            assertTrue(most < UNREAD_BYTES + (long) beside * EVENT_BYTES, () -> "unsent bytes: " + most);
            long more = used() - before;
            assertTrue(more < 2L * EVENTS * EVENT_BYTES + UNREAD_BYTES + OTHERS, () -> "memory: " + more);
            var deadline = Instant.now().plusSeconds(10);
            while (read.get() < (long) EVENTS * EVENT_BYTES) {
                assertTrue(Instant.now().isBefore(deadline), () -> "a good watcher heard only " + read);
                Thread.onSpinWait();
            }
            await("apiserver_longrunning_requests", 1);
            await("apiserver_unread_answers_total{kind=\"stream\"}", deaf.size() * STREAMS);
            await("apiserver_unsent_watch_bytes", 0);
        } finally {
            for (var each : deaf) {
                each.close();
            }
        }
    }

    private static long used() {
        ManagementFactory.getMemoryMXBean().gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Changes an object often; answers how many bytes waited at most. */
    private long changed() throws IOException {
        var api = server.registry().api();
        var key = Kinds.CONFIG_MAPS.key("default", "large");
        var map = api.create(key, KubeObject.named(Kinds.CONFIG_MAPS, "default", "large"));
        long most = 0;
        for (int i = 0; i < EVENTS; i++) {
            map = api.update(key, map.with(i + "x".repeat(EVENT_BYTES), "data", "k"));
            long before = System.nanoTime();
            most = Math.max(most, metric("apiserver_unsent_watch_bytes"));
            long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
            assertTrue(ms < 30_000, () -> "another client waited " + ms + " ms");
        }
        return most;
    }

    private static void readAll(RawClient client, AtomicLong read) {
        try {
            while (client.bytes(1 << 10).length > 0) {
                read.addAndGet(1 << 10);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the test is over", e);
        }
    }

    /** What is made for each request is bounded by the seats of requests, which their answers keep. */
    @Test
    void keepTheSeatsOfLargeAnswersThatTheyDoNotRead() throws Exception {
        server.registry().api().create(Kinds.CONFIG_MAPS.key("default", "large"), KubeObject.named(Kinds.CONFIG_MAPS,
                "default", "large").with("x".repeat(EVENT_BYTES), "data", "k"));
        try (var deaf = new RawHttp2(server).hearing()) {
            for (int i = 0; i < STREAMS; i++) {
                deaf.get("/api/v1/namespaces/default/configmaps/large", "application/yaml");
            }
            await("apiserver_flowcontrol_current_executing_requests{priority_level=\"exempt\"}", STREAMS + 1);
            await("apiserver_unread_answers_total{kind=\"whole\"}", STREAMS);
            await("apiserver_flowcontrol_current_executing_requests{priority_level=\"exempt\"}", 1);
        }
    }

    @Test
    void openNoMoreStreamsThanAConnectionMayHave() throws Exception {
        try (var greedy = new RawHttp2(server).hearing()) {
            for (int i = 0; i < STREAMS + 3; i++) {
                greedy.get(WATCH, "application/json");
            }
            await("apiserver_longrunning_requests", STREAMS);
            await("apiserver_refused_streams_total", 3);
        }
        await("apiserver_longrunning_requests", 0);
    }
}
