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
import dev.starling.kube.api.Patch;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.SimulationDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private static final String GANG_POD = ASKING.replace("spec: {%s", "spec: {schedulingGroup: {podGroupName: g}, ");
    private static final String NODE = """
            apiVersion: v1
            kind: Node
            metadata: {name: %s}
            status: {allocatable: {cpu: "4", memory: 8Gi, pods: "200"}}
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
        var informers = new LinkedHashMap<ResourceType, Informer>();
        informers.put(Kinds.PODS, pods);
        var events = new EventRecorder(api, Scheduler.NAME, driver);
        events.start();
        var seen = Scheduler.SchedulerImages.of(type -> informers.computeIfAbsent(type, t -> new Informer(api, t)));
        new Scheduler(of, seen, events, driver).start();
        informers.values().forEach(informer -> informer.start(driver));
    }

    private void prepare(String pod) {
        server.apply(NODE.formatted("pool"));
        server.apply(pod);
    }

    @Test
    void aBindingThatFailedSaysNothingOfALaterPodOfTheSameName() {
        prepare(POD);
        var rude = new AtomicBoolean(true);
        start(MeddlingApi.before(api, (verb, key) -> {
            if (rude.getAndSet(false)) {
                api.delete(KEY);
                server.apply(POD);
                pods.step(driver.clock().instant());
                throw ApiException.notFound("pods", "p");
            }
        }));
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
        server.apply(NODE.formatted("second"));
        driver.runFor(Duration.ofSeconds(1));
        assertEquals(Set.of("pool", "second"), Set.of(Pods.node(api.get(Kinds.PODS.key("default", "one"))),
                Pods.node(api.get(Kinds.PODS.key("default", "two")))));
    }

    @Test
    void podsOfAGangStartTogether() {
        prepare(GANG_POD.formatted("a"));
        server.apply("""
                apiVersion: scheduling.k8s.io/v1alpha2
                kind: PodGroup
                metadata: {name: g}
                spec: {schedulingPolicy: {gang: {minCount: 2}}}
                """);
        start(api);
        driver.runFor(Duration.ofSeconds(1));
        var first = Kinds.PODS.key("default", "a");
        assertEquals("waiting for minCount pods from a gang to appear in scheduling queue",
                Pods.condition(api.get(first), "PodScheduled").orElseThrow().text("message"));
        server.apply(GANG_POD.formatted("b"));
        driver.runFor(Duration.ofSeconds(20));
        assertEquals("", Pods.node(api.get(first)));
        server.apply(NODE.formatted("second"));
        driver.runFor(Duration.ofSeconds(11));
        assertEquals(Set.of("pool", "second"), Set.of(Pods.node(api.get(first)),
                Pods.node(api.get(Kinds.PODS.key("default", "b")))));
    }

    @Test
    void aVolumeIsMadeWhereThePodGoes() {
        prepare("""
                apiVersion: storage.k8s.io/v1
                kind: StorageClass
                metadata: {name: local}
                provisioner: example.com/local
                volumeBindingMode: WaitForFirstConsumer
                """);
        server.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: p}
                spec:
                  containers: [{name: c, image: v1}]
                  volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]
                """);
        start(api);
        driver.runFor(Duration.ofSeconds(1));
        assertEquals("0/1 nodes are available: persistentvolumeclaim \"c\" not found. preemption: 0/1 nodes are "
                + "available: 1 Preemption is not helpful for scheduling.",
                Pods.condition(api.get(KEY), "PodScheduled").orElseThrow().text("message"));
        server.apply("""
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: c}
                spec: {storageClassName: local, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """);
        driver.runFor(Duration.ofSeconds(11));
        var claim = Kinds.PERSISTENT_VOLUME_CLAIMS.key("default", "c");
        assertEquals("pool", api.get(claim).annotations().get("volume.kubernetes.io/selected-node"));
        assertEquals("", Pods.node(api.get(KEY)));
        server.apply("""
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: v}
                spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /v}}
                """);
        api.patch(claim, new Patch.Merge(JsonObject.of("spec", JsonObject.of("volumeName", "v"), "metadata",
                JsonObject.of("annotations", JsonObject.of("pv.kubernetes.io/bind-completed", "yes")))));
        driver.runFor(Duration.ofSeconds(1));
        assertEquals("pool", Pods.node(api.get(KEY)));
    }
}
