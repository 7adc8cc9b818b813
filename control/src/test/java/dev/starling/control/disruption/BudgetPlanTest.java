package dev.starling.control.disruption;

import static dev.starling.control.workload.Objects.pod;
import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BudgetPlanTest {
    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    private static KubeObject budget(String spec) {
        return yaml("""
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {namespace: default, name: web, generation: 2}
                spec: {%s}
                """, spec);
    }

    private static KubeObject ready(String name) {
        return pod("default/" + name).with(Yaml.documents("[{type: Ready, status: 'True'}]").getFirst(),
                "status", "conditions");
    }

    private static List<KubeObject> pods(int count) {
        return IntStream.range(0, count).mapToObj(i -> ready("p" + i)).toList();
    }

    private static JsonObject status(String spec, int healthy, long expected) {
        return BudgetPlan.of(budget(spec), pods(healthy), expected, NOW).status();
    }

    private static JsonObject condition(JsonObject status) {
        return status.array("conditions").at(0).object();
    }

    @ParameterizedTest
    @CsvSource({
        "minAvailable: 2,      3, 3, 2, 1",
        "minAvailable: 3,      3, 3, 3, 0",
        "minAvailable: 5,      3, 3, 5, 0",
        "minAvailable: 0,      3, 3, 0, 3",
        "minAvailable: 50%,    3, 3, 2, 1",
        "minAvailable: 100%,   3, 3, 3, 0",
        "minAvailable: 0%,     3, 3, 0, 3",
        "maxUnavailable: 1,    3, 3, 2, 1",
        "maxUnavailable: 0,    3, 3, 3, 0",
        "maxUnavailable: 50%,  3, 3, 1, 2",
        "maxUnavailable: 9,    3, 3, 0, 3",
        "maxUnavailable: 1,    1, 3, 2, 0",
        "maxUnavailable: 1,    0, 0, 0, 0",
        "minAvailable: 0,      0, 0, 0, 0",
        "'',                   2, 2, 0, 2"})
    void allowsWhatIsHealthyBeyondWhatIsDesired(String spec, int healthy, long expected, long desired, long allowed) {
        var status = status(spec, healthy, expected);
        assertEquals(desired, status.at("desiredHealthy").number(-1));
        assertEquals(allowed, status.at("disruptionsAllowed").number(-1));
        assertEquals(healthy, status.at("currentHealthy").number(-1));
        assertEquals(expected, status.at("expectedPods").number(-1));
        assertEquals(allowed > 0 ? "True SufficientPods" : "False InsufficientPods",
                condition(status).text("status") + " " + condition(status).text("reason"));
    }

    @Test
    void asksOwnersOnlyWhereNumbersOfPodsAreNotEnough() {
        assertEquals(List.of(false, true, true, true), List.of("minAvailable: 1", "minAvailable: 10%",
                "maxUnavailable: 1", "maxUnavailable: 10%").stream()
                .map(spec -> BudgetPlan.needsScale(budget(spec).spec())).toList());
    }

    @Test
    void theStatusIsWholeAndItsConditionSaysForWhichGeneration() {
        assertEquals(Yaml.documents("""
                {observedGeneration: 2, disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2,
                 conditions: [{type: DisruptionAllowed, status: 'True', observedGeneration: 2,
                               lastTransitionTime: "2026-01-01T01:00:00Z", reason: SufficientPods, message: ''}]}
                """).getFirst(), status("minAvailable: 1", 2, 2));
    }

    @Test
    void podsThatGoOrAreNotReadyAreNotHealthy() {
        var pods = List.of(ready("a"), pod("default/b"),
                ready("c").with("2026-01-01T00:59:00Z", "metadata", "deletionTimestamp"));
        assertEquals(1, BudgetPlan.of(budget("minAvailable: 1"), pods, 3, NOW).status()
                .at("currentHealthy").number(-1));
    }

    @Test
    void aGrantedEvictionCountsUntilThePodGoesOrTwoMinutesPassed() {
        var budget = budget("minAvailable: 1").with(Yaml.documents("""
                {p0: "2026-01-01T00:59:30Z", p1: "2026-01-01T00:57:00Z", p2: "2026-01-01T00:59:59Z",
                 elsewhere: "2026-01-01T00:59:59Z"}
                """).getFirst(), "status", "disruptedPods");
        var pods = List.of(ready("p0"), ready("p1"),
                ready("p2").with("2026-01-01T00:59:59Z", "metadata", "deletionTimestamp"), ready("p3"));
        var plan = BudgetPlan.of(budget, pods, 4, NOW);
        assertEquals(JsonObject.of("p0", "2026-01-01T00:59:30Z"), plan.status().object("disruptedPods"));
        assertEquals(List.of("p1"), plan.undeleted().stream().map(KubeObject::name).toList());
        assertEquals(2, plan.status().at("currentHealthy").number(-1));
        assertEquals(Optional.of(Duration.ofSeconds(90).plusMillis(1)), plan.again());
    }

    @Test
    void theConditionKeepsItsTimeWhileItsStatusStaysAndLeavesThoseOfOthersAlone() {
        var budget = budget("minAvailable: 1").with(Yaml.documents("""
                [{type: Mine, status: 'True'},
                 {type: DisruptionAllowed, status: 'False', lastTransitionTime: "2026-01-01T00:00:00Z",
                  reason: SyncFailed, message: old}]
                """).getFirst(), "status", "conditions");
        var conditions = BudgetPlan.of(budget, List.of(), 0, NOW).status().array("conditions");
        assertEquals("Mine", conditions.at(0).object().text("type"));
        assertEquals(Yaml.documents("""
                {type: DisruptionAllowed, status: 'False', observedGeneration: 2,
                 lastTransitionTime: "2026-01-01T00:00:00Z", reason: InsufficientPods, message: ''}
                """).getFirst(), conditions.at(1));
    }

    @Test
    void aBudgetThatCannotBeWorkedOutAllowsNothingAndSaysWhy() {
        var budget = budget("maxUnavailable: 1");
        var seen = budget.with(status("maxUnavailable: 1", 2, 2), "status");
        var failed = BudgetPlan.failed(seen, "found no controllers for pod \"a\"", NOW);
        assertEquals(0, failed.at("disruptionsAllowed").number(-1));
        assertEquals(2, failed.at("currentHealthy").number(-1));
        assertEquals("False SyncFailed found no controllers for pod \"a\"", condition(failed).text("status") + " "
                + condition(failed).text("reason") + " " + condition(failed).text("message"));
    }

    @ParameterizedTest
    @CsvSource({"EvictionByEvictionAPI, True,  Running,   2026-01-01T00:02:00Z",
        "TerminationByKubelet,          True,  Running,   ''",
        "EvictionByEvictionAPI,         False, Running,   ''",
        "EvictionByEvictionAPI,         True,  Succeeded, ''"})
    void aDisruptionThatDoesNotComeGoesStale(String reason, String status, String phase, String due) {
        var pod = pod("default/a").with(phase, "status", "phase").with(Yaml.documents("[{type: DisruptionTarget, "
                + "status: '" + status + "', reason: " + reason + ", lastTransitionTime: '2026-01-01T00:00:00Z'}]")
                .getFirst(), "status", "conditions");
        assertEquals(due, StaleTargets.due(pod).map(Instant::toString).orElse(""));
    }
}
