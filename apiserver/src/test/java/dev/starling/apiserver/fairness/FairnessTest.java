package dev.starling.apiserver.fairness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.loop.ThreadDriver;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import dev.starling.kube.api.WriteOptions;
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
import java.util.function.BooleanSupplier;
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

    private String dangling(String flow) {
        return registry.api().get(Kinds.FLOW_SCHEMAS.key(flow)).status().array("conditions").objects().stream()
                .map(c -> c.text("type") + " " + c.text("status") + " " + c.text("reason")).findFirst().orElse("");
    }

    @Test
    void aFlowTellsWhetherItsLevelIsThere() throws Exception {
        var running = DanglingFlows.start(registry.api(), new ThreadDriver(InstantSource.system()));
        try {
            await(() -> dangling("service-accounts").equals("Dangling False Found"));
            registry.api().delete(Kinds.PRIORITY_LEVEL_CONFIGURATIONS.key("workload-low"));
            await(() -> dangling("service-accounts").equals("Dangling True NotFound"));
            assertEquals("Dangling False Found", dangling("global-default"));
        } finally {
            running.close();
        }
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    /** One client keeps many requests waiting; the request of another one is next but few. */
    @Test
    void oneClientInALoopDoesNotStarveAnother() throws Exception {
        var fairness = fairness(1, Duration.ofSeconds(50));
        var first = fairness.admit(LIST, user("system:serviceaccount:a:loop"), 1);
        var order = new LinkedBlockingQueue<String>();
        var seats = new LinkedBlockingQueue<Fairness.Seat>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 60; i++) {
            threads.add(waiting(fairness, "loop", order, seats));
        }
        awaitPresent(fairness, 61);
        threads.add(waiting(fairness, "other", order, seats));
        awaitPresent(fairness, 62);
        long borrowed = order.size();
        first.close();
        var served = new ArrayList<String>();
        while (!served.contains("other")) {
            served.add(order.take());
            seats.take().close();
        }
        assertTrue(served.size() <= borrowed + 8, served::toString);
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
            var seat = fairness.admit(LIST, user("system:serviceaccount:a:" + name), 1);
            order.add(name);
            seats.add(seat);
        });
    }

    /** Those that wait, and those that have a seat: some may be borrowed. */
    private static void awaitPresent(Fairness fairness, long count) {
        while (fairness.metrics().stream().filter(m -> m.name().endsWith("current_inqueue_requests")
                || m.name().endsWith("current_executing_requests")).mapToLong(m -> m.value()).sum() < count) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whoWaitsTooLongIsAskedToComeAgain() {
        var fairness = fairness(1, Duration.ofMillis(1));
        var seats = new ArrayList<Fairness.Seat>();
        var refusal = assertThrows(ApiException.class, () -> {
            while (seats.size() < 1_000) {
                seats.add(fairness.admit(LIST, user("system:serviceaccount:a:one"), 1));
            }
        });
        assertEquals(429, refusal.code());
        assertEquals(1, refusal.details().at("retryAfterSeconds").number(0));
        seats.getFirst().close();
        fairness.admit(LIST, user("system:serviceaccount:a:two"), 1).close();
    }

    @Test
    void administratorsAndProbesAreExempt() {
        var fairness = fairness(1, Duration.ofMillis(1));
        var admin = new Caller("admin", "", List.of("system:masters"), Map.of());
        for (int i = 0; i < 100; i++) {
            assertTrue(fairness.admit(LIST, admin, 1).exempt());
        }
        assertFalse(fairness.admit(LIST, user("system:serviceaccount:a:one"), 1).exempt());
        assertEquals(Optional.of(100L), fairness.metrics().stream()
                .filter(m -> m.name().endsWith("current_executing_requests")
                        && m.labels().containsValue("exempt")).map(m -> m.value()).findFirst());
    }

    private void level(String name, String limited) {
        for (var document : Yaml.documents("""
                apiVersion: flowcontrol.apiserver.k8s.io/v1
                kind: PriorityLevelConfiguration
                metadata: {name: NAME}
                spec: {type: Limited, limited: {LIMITED, limitResponse: {type: Reject}}}
                ---
                apiVersion: flowcontrol.apiserver.k8s.io/v1
                kind: FlowSchema
                metadata: {name: NAME}
                spec:
                  matchingPrecedence: 50
                  priorityLevelConfiguration: {name: NAME}
                  rules:
                  - subjects: [{kind: User, user: {name: NAME}}]
                    resourceRules: [{verbs: ["*"], apiGroups: ["*"], resources: ["*"], namespaces: ["*"]}]
                """.replace("NAME", name).replace("LIMITED", limited))) {
            var object = KubeObject.of(document.object());
            registry.api().create(object.key(object.kind().equals("FlowSchema") ? Kinds.FLOW_SCHEMAS
                    : Kinds.PRIORITY_LEVEL_CONFIGURATIONS), object, WriteOptions.DEFAULT);
        }
    }

    private long taken(Fairness fairness, String user, int width) {
        long taken = 0;
        try {
            for (; taken < 10_000; taken++) {
                fairness.admit(LIST, user(user), width);
            }
        } catch (ApiException full) {
            assertEquals(429, full.code());
        }
        return taken;
    }

    /** A level may have what others lend, up to its limit; a level that lends nothing always finds its own seats. */
    @Test
    void seatsAreLentWithinTheLimitsThatTheLevelsName() {
        level("lender", "nominalConcurrencyShares: 100, lendablePercent: 50");
        level("keeper", "nominalConcurrencyShares: 100, lendablePercent: 0, borrowingLimitPercent: 0");
        level("modest", "nominalConcurrencyShares: 100, borrowingLimitPercent: 10");
        var fairness = fairness(1_000, Duration.ofMillis(1));
        fairness.admit(LIST, user("lender"), 1).close();
        long own = fairness.metrics().stream().filter(m -> m.name().endsWith("nominal_limit_seats")
                && m.labels().containsValue("keeper")).mapToLong(m -> m.value()).sum();
        assertEquals(own + Math.round(own * 0.1), taken(fairness, "modest", 1));
        assertEquals(own, taken(fairness, "keeper", 1));
        assertTrue(taken(fairness, "lender", 1) >= own / 2);
    }

    @Test
    void largeListsTakeManySeats() {
        level("wide", "nominalConcurrencyShares: 1000, borrowingLimitPercent: 0");
        var fairness = fairness(100, Duration.ofMillis(1));
        long own = taken(fairness, "wide", 10);
        long seats = fairness.metrics().stream().filter(m -> m.name().endsWith("nominal_limit_seats")
                && m.labels().containsValue("wide")).mapToLong(m -> m.value()).sum();
        assertEquals(seats / 10, own);
    }
}
