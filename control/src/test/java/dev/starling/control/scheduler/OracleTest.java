package dev.starling.control.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.Json;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The scheduler's decisions on random clusters that change all the while, each judged by the {@link Oracle}. */
final class OracleTest {
    private long seed;
    private RandomCluster random = new RandomCluster(0);
    private Oracle oracle = new Oracle();
    private ClusterImage image = new ClusterImage(Volumes.NONE);
    private int bound;
    private int refused;
    private int preempted;

    @Test
    void everyDecisionIsRight() {
        for (seed = 0; seed < 300; seed++) {
            run(new RandomCluster(seed).upTo(7), 40);
        }
        assertTrue(bound > 3_000 && refused > 1_000 && preempted > 100,
                () -> bound + " bound, " + refused + " refused, " + preempted + " preempted");
    }

    /** With so many nodes, each of which is a domain, nodes are no more sorted by these domains. */
    @Test
    void everyDecisionIsRightAmongManyNodes() {
        for (seed = 1_000; seed < 1_002; seed++) {
            run(70, 120);
        }
        assertTrue(bound > 100, () -> bound + " bound");
    }

    private void run(int nodes, int steps) {
        random = new RandomCluster(seed);
        oracle = new Oracle();
        image = new ClusterImage(Volumes.NONE);
        List.of("x", "y", "z").forEach(this::namespace);
        for (int i = nodes; i >= 0; i--) {
            node("n" + i);
        }
        for (int step = 0; step < steps; step++) {
            step();
        }
    }

    private void step() {
        switch (random.upTo(19)) {
            case 0 -> node("n" + random.upTo(9));
            case 1 -> leave();
            case 2 -> namespace(random.one(List.of("x", "y", "z")));
            case 3, 4, 5 -> end();
            case 6 -> startToEnd();
            default -> place(random.pod());
        }
    }

    private void namespace(String name) {
        var namespace = random.namespace(name);
        oracle.namespaces.put(name, namespace.labels());
        image.namespace(namespace);
    }

    private void node(String name) {
        var node = random.node(name);
        oracle.nodes.put(name, node);
        image.node(node);
    }

    private void leave() {
        if (oracle.nodes.size() > 1) {
            var name = random.one(List.copyOf(oracle.nodes.keySet()));
            oracle.nodes.remove(name);
            image.nodeGone(name);
        }
    }

    private void end() {
        if (!oracle.placed.isEmpty()) {
            end(random.one(List.copyOf(oracle.placed.keySet())));
        }
    }

    private void end(String key) {
        oracle.placed.remove(key);
        image.podGone(key);
    }

    private void startToEnd() {
        if (!oracle.placed.isEmpty()) {
            var key = random.one(List.copyOf(oracle.placed.keySet()));
            oracle.placed.computeIfPresent(key, (k, pod) ->
                    pod.with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp"));
            image.pod(oracle.placed.get(key));
        }
    }

    private void place(KubeObject pod) {
        var facts = image.read(pod);
        switch (new Placer(image, () -> Budgets.NONE).decide(facts)) {
            case Decision.Bind bind -> {
                bound++;
                bound(pod, bind.node());
                image.assume(facts, bind.node());
                put(pod, bind.node());
            }
            case Decision.Refuse refuse -> {
                refused++;
                assertFalse(oracle.anywhere(pod), () -> about(pod) + " was refused: " + refuse.why());
            }
            case Decision.Preempt preempt -> {
                preempted++;
                preempted(pod, preempt);
            }
        }
    }

    private void bound(KubeObject pod, String name) {
        var node = oracle.nodes.get(name);
        assertTrue(oracle.allows(pod, node), () -> about(pod) + " may not go to " + node);
        long best = oracle.nodes.values().stream().filter(other -> oracle.allows(pod, other))
                .mapToLong(other -> oracle.wishes(pod, other)).max().orElseThrow();
        assertEquals(best, oracle.wishes(pod, node), () -> about(pod) + " would rather not be on " + node);
    }

    private void put(KubeObject pod, String node) {
        var placed = pod.with(Json.of(node), "spec", "nodeName");
        oracle.placed.put(pod.namespacedName(), placed);
        if (random.chance(70)) {
            image.pod(placed);
        }
    }

    /** No node takes the pod now; the chosen one does without the victims, and needs every one of them. */
    private void preempted(KubeObject pod, Decision.Preempt preempt) {
        assertFalse(oracle.anywhere(pod), () -> about(pod) + " needs no victims");
        var gone = new ArrayList<KubeObject>();
        for (var victim : preempt.victims()) {
            assertTrue(victim.priority() < pod.spec().at("priority").number(0), () -> about(pod));
            gone.add(oracle.placed.remove(victim.key()));
        }
        var node = oracle.nodes.get(preempt.node());
        assertTrue(oracle.allows(pod, node), () -> about(pod) + " still has no room on " + node);
        for (var victim : gone) {
            oracle.placed.put(victim.namespacedName(), victim);
            assertFalse(oracle.allows(pod, node), () -> about(pod) + " need not end " + victim);
            oracle.placed.remove(victim.namespacedName());
        }
        gone.forEach(victim -> image.podGone(victim.namespacedName()));
        place(pod);
    }

    private String about(KubeObject pod) {
        return "seed " + seed + ": " + pod.tree();
    }
}
