package dev.starling.control.podgc;

import static dev.starling.control.workload.Objects.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.control.TestApi;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PodGarbageTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static KubeObject on(String name, String node) {
        return pod("default/" + name).with(node, "spec", "nodeName");
    }

    @Test
    void remembersSinceWhenANodeIsMissing() {
        var pods = List.of(on("a", "here"), on("b", "gone"), on("c", "new"), pod("default/d"));
        var before = Map.of("gone", NOW.minusSeconds(50), "back", NOW.minusSeconds(9));
        assertEquals(Map.of("gone", NOW.minusSeconds(50), "new", NOW),
                PodGarbage.missing(pods, Set.of("here"), before, NOW));
    }

    @Test
    void podsOfLostNodesGo() {
        var plan = PodGarbage.plan(List.of(on("a", "here"), on("b", "gone")), Set.of("gone"), 10);
        assertEquals(List.of("b"), plan.lost().stream().map(KubeObject::name).toList());
        assertEquals(List.of(), plan.surplus());
    }

    @Test
    void aLaterPodOfTheSameNameIsLeftAlone() {
        try (var server = new TestApi(List.of())) {
            var api = server.as("test");
            var pod = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: v}]%s}}";
            var lost = server.apply(pod.formatted(", nodeName: gone"));
            var pods = new Informer(api, Kinds.PODS);
            var nodes = new Informer(api, Kinds.NODES);
            pods.step(NOW);
            nodes.step(NOW);
            var garbage = new PodGarbage(api, pods, nodes, 10);
            garbage.step(NOW);
            api.delete(lost.key(Kinds.PODS), DeleteOptions.DEFAULT.withGracePeriodSeconds(0));
            server.apply(pod.formatted(""));
            garbage.step(NOW.plusSeconds(40));
            assertEquals("Pending", api.get(lost.key(Kinds.PODS)).status().text("phase"));
        }
    }

    @Test
    void theOldestEndedPodsBeyondTheBoundGo() {
        var old = on("z", "here").with("Failed", "status", "phase");
        var young = on("a", "here").with("Succeeded", "status", "phase")
                .with("2026-01-02T00:00:00Z", "metadata", "creationTimestamp");
        var plan = PodGarbage.plan(List.of(young, old, on("r", "here")), Set.of(), 1);
        assertEquals(List.of("z"), plan.surplus().stream().map(KubeObject::name).toList());
    }

    @Test
    void deletedPodsThatNeverHadANodeGo() {
        var deleted = pod("default/a").with("2026-01-02T00:00:00Z", "metadata", "deletionTimestamp");
        assertEquals(List.of(deleted), PodGarbage.plan(List.of(deleted), Set.of(), 1).surplus());
    }
}
