package dev.starling.control.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.control.TestApi;
import dev.starling.control.workload.Pods;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.loop.SimulationDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The scheduler when writes fail, pods can't be read, and room is kept: on the real API, on a virtual clock. */
final class SchedulerFaultTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final TestApi server = new TestApi(List.of());
    private final KubeApi api = server.as("test");
    private final SimulationDriver driver = new SimulationDriver(7, START);
    private final Map<ResourceType, Informer> informers = new LinkedHashMap<>();
    private final Set<String> once = new HashSet<>();
    private Scheduler scheduler = scheduler(api);

    @BeforeEach
    void priorities() {
        for (String level : List.of("middle, value: 500", "high, value: 1000", "top, value: 2000",
                "polite, value: 1000, preemptionPolicy: Never")) {
            String[] parts = level.split(", ", 2);
            server.apply("{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: %s}, %s}"
                    .formatted(parts[0], parts[1]));
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Scheduler scheduler(KubeApi of) {
        informers.clear();
        var seen = Scheduler.SchedulerImages.of(type -> informers.computeIfAbsent(type, t -> new Informer(of, t)));
        return new Scheduler(of, seen, new EventRecorder(api, Scheduler.NAME, driver), driver);
    }

    private void start() {
        scheduler.start();
        informers.values().forEach(informer -> informer.start(driver));
    }

    private void start(MeddlingApi.Before before) {
        scheduler = scheduler(MeddlingApi.before(api, before));
        start();
    }

    private void node(String name) {
        server.apply("""
                apiVersion: v1
                kind: Node
                metadata: {name: %s, labels: {host: %s}}
                status: {allocatable: {cpu: "4", memory: 8Gi, pods: "200"}}
                """.formatted(name, name));
    }

    /** A pod of which no two fit on a node. */
    private void pod(String name, String spec) {
        server.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec: {%scontainers: [{name: c, image: v1, resources: {requests: {cpu: 3}}}]}
                """.formatted(name, spec));
    }

    private void pod(String name) {
        pod(name, "");
    }

    private static ObjectKey key(String name) {
        return Kinds.PODS.key("default", name);
    }

    private String placed(String name) {
        return Pods.node(api.get(key(name)));
    }

    private String nominated(String name) {
        return api.get(key(name)).status().text("nominatedNodeName");
    }

    private void kill(String name) {
        api.delete(key(name), DeleteOptions.DEFAULT.withGracePeriodSeconds(0));
    }

    private void pass(Duration time) {
        driver.runFor(time);
    }

    private long attempts(String result) {
        return scheduler.metrics().stream().filter(metric -> result.equals(metric.labels().get("result")))
                .findFirst().orElseThrow().value();
    }

    @Test
    void aPodForWhichRoomIsMadeEndsNobodyElse() {
        node("a");
        pod("first", "priorityClassName: middle, ");
        start();
        pass(Duration.ofSeconds(1));
        pod("urgent", "priorityClassName: high, ");
        pass(Duration.ofMillis(200));
        assertTrue(api.get(key("first")).deleting());
        pod("cheaper", "nodeName: b, ");
        node("b");
        pass(Duration.ofMinutes(20));
        assertFalse(api.get(key("cheaper")).deleting());
        kill("first");
        pass(Duration.ofSeconds(11));
        assertEquals("a", placed("urgent"));
    }

    @Test
    void aLesserPodDoesNotTakeTheRoomThatIsKept() {
        node("a");
        pod("low");
        start();
        pass(Duration.ofSeconds(1));
        pod("urgent", "priorityClassName: high, ");
        pass(Duration.ofMillis(200));
        assertEquals("a", nominated("urgent"));
        kill("low");
        pod("late");
        pass(Duration.ofMillis(200));
        assertEquals("", placed("late"));
        pass(Duration.ofSeconds(10));
        assertEquals("a", placed("urgent"));
    }

    @Test
    void thoseThatWaitHearWhenRoomIsKeptNoMore() {
        node("a");
        pod("low");
        start();
        pass(Duration.ofSeconds(1));
        pod("urgent", "priorityClassName: high, ");
        pass(Duration.ofMillis(200));
        kill("low");
        pod("late");
        pass(Duration.ofMillis(200));
        kill("urgent");
        pass(Duration.ofSeconds(10));
        assertEquals("a", placed("late"));
    }

    @Test
    void aPodIsWokenForTheRoomThatIsKeptForItAlsoIfItsEqualsAreNot() {
        node("a");
        pod("low");
        start();
        pass(Duration.ofSeconds(1));
        pod("polite", "priorityClassName: polite, ");
        pass(Duration.ofSeconds(1));
        pod("urgent", "priorityClassName: high, ");
        pass(Duration.ofSeconds(20));
        assertEquals("a", nominated("urgent"));
        kill("low");
        pass(Duration.ofSeconds(11));
        assertEquals("a", placed("urgent"));
    }

    @Test
    void whoeverLosesTheRoomThatWasKeptLooksForAnotherNode() {
        node("a");
        node("b");
        pod("low-1");
        pod("low-2");
        start();
        pass(Duration.ofSeconds(1));
        pod("middle", "priorityClassName: middle, ");
        pass(Duration.ofSeconds(1));
        String first = nominated("middle");
        pod("top", "priorityClassName: top, nodeSelector: {host: " + first + "}, ");
        pass(Duration.ofSeconds(15));
        assertEquals(first, nominated("top"));
        assertEquals(Set.of("a", "b"), Set.of(first, nominated("middle")));
    }

    @Test
    void aVictimThatCouldNotBeEndedIsAskedAgainSoon() {
        node("a");
        pod("low");
        start((verb, key) -> {
            if (verb.equals("delete") && once.add("failed")) {
                throw ApiException.internal("no");
            }
        });
        pass(Duration.ofSeconds(1));
        pod("urgent", "priorityClassName: high, ");
        pass(Duration.ofSeconds(11));
        assertTrue(api.get(key("low")).deleting());
        assertEquals(1, attempts("error"));
    }

    @Test
    void aPodThatCanNotBeReadCostsNoOtherItsTurn() {
        node("a");
        pod("bad");
        pod("good");
        var unreadable = Yaml.documents("""
                [{topologyKey: host, maxSkew: 1, labelSelector: {matchExpressions: [{key: a, operator: in}]}}]
                """).getFirst();
        scheduler = scheduler(new MeddlingApi(api, (verb, key) -> { }, (KubeObject object) ->
                object.name().equals("bad") ? object.with(unreadable, "spec", "topologySpreadConstraints") : object));
        start();
        pass(Duration.ofSeconds(1));
        assertEquals("a", placed("good"));
        assertNotEquals(0, attempts("error"));
    }

    @Test
    void aFailedBindingCountsOnceAndIsTriedAgain() {
        node("a");
        pod("p");
        start((verb, key) -> {
            if (key.subresource().equals("binding") && once.add("failed")) {
                throw ApiException.internal("no");
            }
        });
        pass(Duration.ofMillis(500));
        assertEquals(List.of(0L, 1L), List.of(attempts("scheduled"), attempts("error")));
        pass(Duration.ofSeconds(2));
        assertEquals(List.of(1L, 1L), List.of(attempts("scheduled"), attempts("error")));
        assertEquals("a", placed("p"));
    }

    @Test
    void aWriteThatFailsAsNobodyExpectedTakesItsAssumptionBack() {
        node("a");
        pod("p");
        start((verb, key) -> {
            if (key.subresource().equals("binding") && once.add("failed")) {
                throw new IllegalStateException("broken");
            }
        });
        assertThrows(IllegalStateException.class, () -> pass(Duration.ofSeconds(1)));
        pass(Duration.ofSeconds(2));
        assertEquals("a", placed("p"));
    }

    @Test
    void aRefusalThatCouldNotBeToldTakesNoLaterAssumptionBack() {
        node("a");
        pod("one");
        start((verb, key) -> {
            var now = driver.clock().instant();
            if (key.equals(key("two").sub("status")) && once.add("refused")) {
                node("b");
                informers.get(Kinds.NODES).step(now);
                scheduler.step(now.plusSeconds(2));
                throw ApiException.internal("no");
            }
            if (key.equals(key("two").sub("binding")) && once.add("bound")) {
                pod("three");
                informers.get(Kinds.PODS).step(now);
                scheduler.step(now.plusSeconds(3));
            }
        });
        pass(Duration.ofSeconds(1));
        pod("two");
        pass(Duration.ofSeconds(20));
        assertEquals(Set.of("refused", "bound"), once);
        assertEquals("b", placed("two"));
        assertEquals("", placed("three"));
    }
}
