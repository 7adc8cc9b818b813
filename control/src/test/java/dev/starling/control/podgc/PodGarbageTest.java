package dev.starling.control.podgc;

import static dev.starling.control.workload.Objects.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
