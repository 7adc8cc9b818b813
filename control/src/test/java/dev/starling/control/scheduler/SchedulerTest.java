package dev.starling.control.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.control.TestApi;
import dev.starling.control.workload.Pods;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.ObjectList;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.SimulationDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The scheduler on the real API, on a virtual clock. */
final class SchedulerTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec: {containers: [{name: c, image: v1}]}
            """;
    private static final String ASKING = """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s}
            spec: {%scontainers: [{name: c, image: v1, resources: {requests: {cpu: 3}}}]}
            """;
    private static final ObjectKey KEY = Kinds.PODS.key("default", "p");

    private final TestApi server = new TestApi(List.of());
    private final KubeApi api = server.as("test");
    private final SimulationDriver driver = new SimulationDriver(7, START);
    private final Informer pods = new Informer(api, Kinds.PODS);

    @AfterEach
    void close() {
        server.close();
    }

    private void start(KubeApi of) {
        var nodes = new Informer(api, Kinds.NODES);
        var profiles = new Informer(api, Kinds.FARGATE_PROFILES);
        var namespaces = new Informer(api, Kinds.NAMESPACES);
        var budgets = new Informer(api, Kinds.POD_DISRUPTION_BUDGETS);
        var events = new EventRecorder(api, Scheduler.NAME, driver);
        events.start();
        new Scheduler(of, new Scheduler.SchedulerImages(pods, nodes, profiles, namespaces, budgets), events, driver)
                .start();
        List.of(pods, nodes, profiles, namespaces, budgets).forEach(informer -> informer.start(driver));
    }

    private void prepare(String pod) {
        server.apply("""
                apiVersion: v1
                kind: Node
                metadata: {name: pool}
                status: {allocatable: {cpu: "4", memory: 8Gi, pods: "200"}}
                """);
        server.apply(pod);
    }

    @Test
    void aBindingThatFailedSaysNothingOfALaterPodOfTheSameName() {
        prepare(POD);
        start(new Rude());
        driver.runFor(Duration.ofMinutes(1));
        assertEquals("pool", Pods.node(api.get(KEY)));
    }

    @Test
    void aRefusalIsNotToldToAPodThatWasBoundMeanwhile() {
        prepare(POD);
        var seen = api.get(KEY);
        var binding = DecisionWriter.binding(seen, "pool", Optional.empty());
        api.create(KEY.sub("binding"), binding);
        var patch = DecisionWriter.unscheduled(seen, "no room", "", START).orElseThrow();
        assertThrows(ApiException.class, () -> api.patch(KEY.sub("status"), patch));
        assertEquals("True", Pods.condition(api.get(KEY), "PodScheduled").orElseThrow().text("status"));
    }

    @Test
    void aPodIsBoundOnlyWhenItsGatesAreOpen() {
        prepare(POD.replace("spec: {", "spec: {schedulingGates: [{name: example.com/wait}], "));
        start(api);
        driver.runFor(Duration.ofMinutes(10));
        var waiting = api.get(KEY);
        assertEquals("", Pods.node(waiting));
        assertEquals("SchedulingGated", Pods.condition(waiting, "PodScheduled").orElseThrow().text("reason"));
        api.patch(KEY, new Patch.Merge(JsonObject.of("spec", JsonObject.of("schedulingGates", List.of()))));
        driver.runFor(Duration.ofSeconds(1));
        assertEquals("pool", Pods.node(api.get(KEY)));
    }

    @Test
    void aPodThatNamesAnotherSchedulerIsLeftAlone() {
        prepare(POD.replace("spec: {", "spec: {schedulerName: other, "));
        start(api);
        driver.runFor(Duration.ofMinutes(10));
        assertEquals("", Pods.node(api.get(KEY)));
        assertTrue(Pods.condition(api.get(KEY), "PodScheduled").isEmpty());
    }

    @Test
    void thoseThatMatterLessMakeRoomGracefully() {
        server.apply("""
                apiVersion: scheduling.k8s.io/v1
                kind: PriorityClass
                metadata: {name: high}
                value: 1000
                """);
        prepare(ASKING.formatted("low", ""));
        start(api);
        driver.runFor(Duration.ofSeconds(1));
        server.apply(ASKING.formatted("urgent", "priorityClassName: high, "));
        driver.runFor(Duration.ofSeconds(1));
        var low = api.get(Kinds.PODS.key("default", "low"));
        assertEquals("PreemptionByScheduler", Pods.condition(low, "DisruptionTarget").orElseThrow().text("reason"));
        assertTrue(low.deleting());
        var urgent = Kinds.PODS.key("default", "urgent");
        assertEquals("pool", api.get(urgent).status().text("nominatedNodeName"));
        assertTrue(api.list(ListQuery.in(Kinds.EVENTS, "default")).items().stream().anyMatch(event ->
                event.tree().text("reason").equals("Preempted") && event.tree().text("message").equals(
                        "Preempted by pod " + api.get(urgent).uid() + " on node pool")));
        driver.runFor(Duration.ofMinutes(20));
        assertEquals("", Pods.node(api.get(urgent)));
        api.delete(Kinds.PODS.key("default", "low"), DeleteOptions.DEFAULT.withGracePeriodSeconds(0));
        driver.runFor(Duration.ofSeconds(11));
        assertEquals("pool", Pods.node(api.get(urgent)));
    }

    @Test
    void aParkedPodGoesToANodeThatComes() {
        prepare(ASKING.formatted("one", ""));
        server.apply(ASKING.formatted("two", ""));
        start(api);
        driver.runFor(Duration.ofSeconds(100));
        server.apply("""
                apiVersion: v1
                kind: Node
                metadata: {name: second}
                status: {allocatable: {cpu: "4", memory: 8Gi, pods: "200"}}
                """);
        driver.runFor(Duration.ofSeconds(1));
        assertEquals(Set.of("pool", "second"), Set.of(Pods.node(api.get(Kinds.PODS.key("default", "one"))),
                Pods.node(api.get(Kinds.PODS.key("default", "two")))));
    }

    /** Makes the pod anew, and lets the scheduler hear of it, before its first binding is answered. */
    private final class Rude implements KubeApi {
        private boolean polite;

        @Override
        public KubeObject create(ObjectKey key, KubeObject object, WriteOptions options) {
            if (polite) {
                return api.create(key, object, options);
            }
            polite = true;
            api.delete(KEY);
            server.apply(POD);
            pods.step(driver.clock().instant());
            throw ApiException.notFound("pods", "p");
        }

        @Override
        public KubeObject get(ObjectKey key) {
            return api.get(key);
        }

        @Override
        public ObjectList list(ListQuery query) {
            return api.list(query);
        }

        @Override
        public Watch watch(WatchQuery query) {
            return api.watch(query);
        }

        @Override
        public KubeObject update(ObjectKey key, KubeObject object, WriteOptions options) {
            return api.update(key, object, options);
        }

        @Override
        public KubeObject patch(ObjectKey key, Patch patch, WriteOptions options) {
            return api.patch(key, patch, options);
        }

        @Override
        public KubeObject delete(ObjectKey key, DeleteOptions options) {
            return api.delete(key, options);
        }
    }
}
