package dev.starling.control.disruption;

import dev.starling.control.workload.IntOrPercent;
import dev.starling.control.workload.Pods;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a PodDisruptionBudget allows now. Pure.
 *
 * @param status the new status
 * @param undeleted pods whose eviction was granted long ago and that are still there
 * @param again when a granted eviction is to be looked at again
 */
record BudgetPlan(JsonObject status, List<KubeObject> undeleted, Optional<Duration> again) {
    /** How long a pod whose eviction was granted counts as gone before anybody has deleted it. */
    private static final Duration GRANT = Duration.ofMinutes(2);
    private static final String CONDITION = "DisruptionAllowed";

    BudgetPlan {
        undeleted = List.copyOf(undeleted);
    }

    /** Whether a budget counts against what the owners of its pods want, and not against the pods themselves. */
    static boolean needsScale(JsonObject spec) {
        return spec.has("maxUnavailable") || spec.at("minAvailable") instanceof JsonString;
    }

    /**
     * @param pods all that the budget's selector chooses
     * @param expected how many pods there should be: what their owners want, or how many there are
     */
    static BudgetPlan of(KubeObject budget, List<KubeObject> pods, long expected, Instant now) {
        var granted = budget.status().object("disruptedPods");
        var kept = JsonObject.builder();
        var undeleted = new ArrayList<KubeObject>();
        Optional<Duration> again = Optional.empty();
        for (var pod : pods) {
            var until = Times.parse(granted.text(pod.name())).map(since -> since.plus(GRANT));
            if (pod.deleting() || until.isEmpty()) {
                continue;
            }
            if (until.get().isBefore(now)) {
                undeleted.add(pod);
                continue;
            }
            kept.put(pod.name(), granted.at(pod.name()));
            var left = Duration.between(now, until.get()).plusMillis(1);
            again = Optional.of(again.filter(soonest -> soonest.compareTo(left) < 0).orElse(left));
        }
        var disrupted = kept.build();
        long healthy = pods.stream().filter(pod -> !pod.deleting() && !disrupted.has(pod.name()) && Pods.ready(pod))
                .count();
        return new BudgetPlan(status(budget, new Counts(healthy, desired(budget.spec(), expected), expected),
                disrupted, now), undeleted, again);
    }

    private record Counts(long healthy, long desired, long expected) {
        /** Nothing is allowed where no pod is expected: the first ones may be there before this status is. */
        long allowed() {
            return expected <= 0 ? 0 : Math.max(0, healthy - desired);
        }
    }

    private static long desired(JsonObject spec, long expected) {
        if (spec.has("maxUnavailable")) {
            return Math.max(0, expected - IntOrPercent.of(spec.at("maxUnavailable"), (int) expected, true, 0));
        }
        return IntOrPercent.of(spec.at("minAvailable"), (int) expected, true, 0);
    }

    private static JsonObject status(KubeObject budget, Counts counts, JsonObject disrupted, Instant now) {
        var status = JsonObject.builder().putAll(budget.status().without("disruptedPods"));
        if (budget.generation() != 0) {
            status.put("observedGeneration", budget.generation());
        }
        if (!disrupted.isEmpty()) {
            status.put("disruptedPods", disrupted);
        }
        boolean allows = counts.allowed() > 0;
        return status.put("disruptionsAllowed", counts.allowed()).put("currentHealthy", counts.healthy())
                .put("desiredHealthy", counts.desired()).put("expectedPods", counts.expected())
                .put("conditions", conditions(budget, new Verdict(allows,
                        allows ? "SufficientPods" : "InsufficientPods", "", budget.generation()), now)).build();
    }

    /** The status of a budget that can't be worked out: it allows nothing, and says why. */
    static JsonObject failed(KubeObject budget, String why, Instant now) {
        var verdict = new Verdict(false, "SyncFailed", why, budget.status().at("observedGeneration").number(0));
        return JsonObject.builder().putAll(budget.status()).put("disruptionsAllowed", 0)
                .put("conditions", conditions(budget, verdict, now)).build();
    }

    private record Verdict(boolean allows, String reason, String message, long generation) {
    }

    /** Conditions of others stay as they are; the time is that of the last change of the verdict. */
    private static JsonArray conditions(KubeObject budget, Verdict verdict, Instant now) {
        var list = new ArrayList<Json>();
        String status = verdict.allows() ? "True" : "False";
        String since = Times.seconds(now);
        for (var condition : budget.status().array("conditions").objects()) {
            boolean ours = condition.text("type").equals(CONDITION);
            if (!ours) {
                list.add(condition);
            } else if (condition.text("status").equals(status)) {
                since = condition.text("lastTransitionTime");
            }
        }
        var said = JsonObject.builder().put("type", CONDITION).put("status", status);
        if (verdict.generation() != 0) {
            said.put("observedGeneration", verdict.generation());
        }
        list.add(said.put("lastTransitionTime", (Object) since).put("reason", verdict.reason())
                .put("message", (Object) verdict.message()).build());
        return JsonArray.of(list);
    }
}
