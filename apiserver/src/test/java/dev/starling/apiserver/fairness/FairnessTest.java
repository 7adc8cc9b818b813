package dev.starling.apiserver.fairness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.object.Kinds;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FairnessTest {
    private static final Attributes LIST =
            new Attributes("list", "", "pods", "", "a", "", "/api/v1/namespaces/a/pods");
    private final TestRegistry registry = TestRegistry.inMemory();

    @BeforeEach
    void bootstrap() {
        new BootstrapFlows(registry.api()).run();
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private static Caller user(String name) {
        return new Caller(name, "", List.of("system:serviceaccounts", "system:authenticated"), Map.of());
    }

    private Fairness fairness(int seats, Duration patience) {
        return new Fairness(registry.registry().reader(), seats, patience, InstantSource.system());
    }

    @Test
    void everyClusterHasTheFlowsOfUpstreamAndASecondStartWritesNothing() {
        long before = registry.store().revision();
        new BootstrapFlows(registry.api()).run();
        assertEquals(before, registry.store().revision());
        assertEquals(13, registry.api().list(ListQuery.all(Kinds.FLOW_SCHEMAS)).items().size());
        assertEquals(8, registry.api().list(ListQuery.all(Kinds.PRIORITY_LEVEL_CONFIGURATIONS)).items().size());
    }

    /** One client keeps many requests waiting; the request of another one is next but few. */
    @Test
    void oneClientInALoopDoesNotStarveAnother() throws Exception {
        var fairness = fairness(1, Duration.ofSeconds(50));
        var first = fairness.admit(LIST, user("system:serviceaccount:a:loop"));
        var order = new LinkedBlockingQueue<String>();
        var seats = new LinkedBlockingQueue<Fairness.Seat>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 60; i++) {
            threads.add(waiting(fairness, "loop", order, seats));
        }
        awaitWaiting(fairness, 60);
        threads.add(waiting(fairness, "other", order, seats));
        awaitWaiting(fairness, 61);
        first.close();
        var served = new ArrayList<String>();
        while (!served.contains("other")) {
            served.add(order.take());
            seats.take().close();
        }
        assertTrue(served.size() <= 8, served::toString);
        for (int left = 61 - served.size(); left > 0; left--) {
            seats.take().close();
        }
        for (var thread : threads) {
            thread.join();
        }
    }

    private static Thread waiting(Fairness fairness, String name, LinkedBlockingQueue<String> order,
            LinkedBlockingQueue<Fairness.Seat> seats) {
        return Thread.ofVirtual().start(() -> {
            var seat = fairness.admit(LIST, user("system:serviceaccount:a:" + name));
            order.add(name);
            seats.add(seat);
        });
    }

    private static void awaitWaiting(Fairness fairness, long count) {
        while (fairness.metrics().stream().filter(m -> m.name().endsWith("current_inqueue_requests"))
                .mapToLong(m -> m.value()).sum() < count) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whoWaitsTooLongIsAskedToComeAgain() {
        var fairness = fairness(1, Duration.ofMillis(1));
        try (var held = fairness.admit(LIST, user("system:serviceaccount:a:one"))) {
            var refusal = assertThrows(ApiException.class,
                    () -> fairness.admit(LIST, user("system:serviceaccount:a:two")));
            assertEquals(429, refusal.code());
            assertEquals(1, refusal.details().at("retryAfterSeconds").number(0));
        }
        fairness.admit(LIST, user("system:serviceaccount:a:two")).close();
    }

    @Test
    void administratorsAndProbesAreExempt() {
        var fairness = fairness(1, Duration.ofMillis(1));
        var admin = new Caller("admin", "", List.of("system:masters"), Map.of());
        for (int i = 0; i < 100; i++) {
            fairness.admit(LIST, admin);
        }
        assertEquals(Optional.of(100L), fairness.metrics().stream()
                .filter(m -> m.name().endsWith("current_executing_requests")
                        && m.labels().containsValue("exempt")).map(m -> m.value()).findFirst());
    }
}
