package dev.starling.control.scheduler;

import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.kube.json.Json;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PreemptionTest {
    private final ClusterImage image = new ClusterImage(Volumes.NONE);
    private Budgets budgets = Budgets.NONE;

    @BeforeEach
    void nodes() {
        for (String name : List.of("m", "n")) {
            image.node(yaml("{metadata: {name: %s}, spec: {}, status: {allocatable: {cpu: 4, pods: 9}}}", name));
        }
    }

    private static KubeObject pod(String name, int priority, String cpu) {
        return yaml("""
                metadata: {namespace: default, name: %s, uid: u-%s, labels: {app: %s}}
                spec: {priority: %s, containers: [{name: c, resources: {requests: {cpu: %s}}}]}
                """, name, name, name, priority, cpu);
    }

    private void runs(String node, KubeObject pod) {
        image.pod(pod.with(node, "spec", "nodeName"));
    }

    private void runs(String node, String name, int priority, String cpu) {
        runs(node, pod(name, priority, cpu));
    }

    private Decision decide(KubeObject pod) {
        return new Placer(image, () -> budgets).decide(image.read(pod));
    }

    private Map<String, List<String>> victims(KubeObject pod) {
        var preempt = assertInstanceOf(Decision.Preempt.class, decide(pod));
        return Map.of(preempt.node(), preempt.victims().stream().map(victim -> victim.pod().name()).toList());
    }

    @Test
    void sparesTheImportantAndTakesAsFewAsItNeeds() {
        runs("m", "high", 5, "4");
        runs("n", "a", 1, "2");
        runs("n", "b", 2, "2");
        assertEquals(Map.of("n", List.of("a")), victims(pod("new", 7, "2")));
        assertEquals(Map.of("n", List.of("b", "a")), victims(pod("new", 7, "3")));
    }

    @Test
    void takesNobodyOfEqualPriority() {
        runs("m", "a", 3, "4");
        runs("n", "b", 3, "4");
        var refusal = assertInstanceOf(Decision.Refuse.class, decide(pod("new", 3, "1")));
        assertEquals("0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: "
                + "2 No preemption victims found for incoming pod. It would fit on node \"m\" if 1 more cpu were free "
                + "there.", refusal.why());
    }

    @Test
    void breaksABudgetOnlyWhereNothingElseHelps() {
        runs("m", "a", 1, "4");
        runs("n", "b", 2, "4");
        budgets = budget("a");
        assertEquals(Map.of("n", List.of("b")), victims(pod("new", 7, "1")));
        runs("n", "b", 9, "4");
        assertEquals(Map.of("m", List.of("a")), victims(pod("new", 7, "1")));
    }

    @Test
    void prefersVictimsWithoutBudgetOnOneNode() {
        runs("m", "high", 9, "4");
        runs("n", "a", 1, "2");
        runs("n", "b", 2, "2");
        budgets = budget("a");
        assertEquals(Map.of("n", List.of("b")), victims(pod("new", 7, "2")));
    }

    private static Budgets budget(String app) {
        return Budgets.of(List.of(yaml("""
                metadata: {namespace: default, name: b}
                spec: {selector: {matchLabels: {app: %s}}}
                status: {disruptionsAllowed: 0}
                """, app)));
    }

    @Test
    void prefersTheVictimThatRunsShortest() {
        runs("m", pod("a", 1, "4").with("2026-01-01T00:00:00Z", "status", "startTime"));
        runs("n", pod("b", 1, "4").with("2026-01-02T00:00:00Z", "status", "startTime"));
        assertEquals(Map.of("n", List.of("b")), victims(pod("new", 7, "1")));
    }

    @Test
    void hearsWhenAPodThatItKnewBegan() {
        for (var victim : Map.of("m", pod("a", 1, "4"), "n", pod("b", 1, "4")).entrySet()) {
            runs(victim.getKey(), victim.getValue());
        }
        runs("m", pod("a", 1, "4").with("2026-01-02T00:00:00Z", "status", "startTime"));
        runs("n", pod("b", 1, "4").with("2026-01-01T00:00:00Z", "status", "startTime"));
        assertEquals(Map.of("m", List.of("a")), victims(pod("new", 7, "1")));
        runs("n", pod("b", 1, "4").with("2026-01-03T00:00:00Z", "status", "startTime"));
        assertEquals(Map.of("n", List.of("b")), victims(pod("new", 7, "1")));
    }

    @Test
    void anEqualThatIsRefusedSaysNothingOfThePodForWhichRoomIsMade() {
        runs("m", "high", 9, "4");
        runs("n", "a", 1, "4");
        var first = pod("new", 7, "3");
        image.nominate(image.read(first), "n");
        image.ending("default/a");
        var placer = new Placer(image, () -> budgets);
        var second = first.with("second", "metadata", "name").with("u-second", "metadata", "uid");
        assertEquals("", assertInstanceOf(Decision.Refuse.class, placer.decide(image.read(second))).nominated());
        assertEquals("n", assertInstanceOf(Decision.Refuse.class, placer.decide(image.read(first))).nominated());
    }

    @Test
    void leavesTheImageAsItWasWhenItCanNotGoOn() {
        runs("m", "high", 9, "4");
        runs("n", "a", 1, "4");
        assertThrows(IllegalStateException.class, () -> new Placer(image, () -> {
            throw new IllegalStateException("no budgets");
        }).decide(image.read(pod("new", 7, "1"))));
        assertEquals(0, image.node("n").orElseThrow().free(Dimensions.CPU));
    }

    @Test
    void aPodThatNeverPreemptsSaysSo() {
        runs("m", "a", 1, "4");
        runs("n", "b", 1, "4");
        var refusal = assertInstanceOf(Decision.Refuse.class,
                decide(pod("new", 7, "1").with("Never", "spec", "preemptionPolicy")));
        assertEquals("0/2 nodes are available: 2 Insufficient cpu. preemption: not eligible due to "
                + "preemptionPolicy=Never. It would fit on node \"m\" if 1 more cpu were free there.", refusal.why());
    }

    @Test
    void roomIsKeptForTheNominatedFromThoseThatMatterLess() {
        runs("m", "high", 9, "4");
        image.nominate(image.read(pod("waits", 7, "3")), "n");
        assertInstanceOf(Decision.Refuse.class, decide(pod("less", 1, "2")));
        assertInstanceOf(Decision.Bind.class, decide(pod("less", 1, "1")));
        assertInstanceOf(Decision.Bind.class, decide(pod("more", 8, "2")));
        assertEquals("n", assertInstanceOf(Decision.Bind.class, decide(pod("waits", 7, "3"))).node());
    }

    @Test
    void waitsForThoseThatEndAlready() {
        runs("m", "high", 9, "4");
        runs("n", "a", 1, "4");
        image.nominate(image.read(pod("new", 7, "2")), "n");
        image.ending("default/a");
        var refusal = assertInstanceOf(Decision.Refuse.class, decide(pod("new", 7, "2")));
        assertEquals("n", refusal.nominated());
        assertEquals("not eligible due to a terminating pod on the nominated node.",
                refusal.why().split("preemption: ")[1].split(" It would")[0]);
    }

    @Test
    void endsAPodWhoseAntiAffinityKeepsTheNewOneOff() {
        runs("m", "high", 9, "4");
        image.node(yaml("""
                {metadata: {name: n, labels: {host: n}}, spec: {}, status: {allocatable: {cpu: 4, pods: 9}}}"""));
        runs("n", pod("lonely", 1, "1").with(Json.of(Map.of("podAntiAffinity", Map.of(
                "requiredDuringSchedulingIgnoredDuringExecution", List.of(Map.of("topologyKey", "host",
                        "labelSelector", Map.of("matchLabels", Map.of("app", "new"))))))), "spec", "affinity"));
        assertEquals(Map.of("n", List.of("lonely")), victims(pod("new", 7, "1")));
        assertInstanceOf(Decision.Bind.class, decide(pod("other", 7, "1")));
    }
}
