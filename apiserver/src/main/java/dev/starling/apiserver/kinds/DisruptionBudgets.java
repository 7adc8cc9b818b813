package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Subresource.Call;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.Times;
import java.time.InstantSource;
import java.util.List;

/**
 * What PodDisruptionBudgets say to an eviction. A budget whose status nobody has worked out yet refuses, as upstream's
 * does. Source: {@code pkg/registry/core/pod/storage/eviction.go}.
 */
final class DisruptionBudgets {
    private static final int RETRY_SECONDS = 10;
    /** Beyond so many evictions that the controller has not seen, none is granted any more. */
    private static final int MOST_UNSEEN = 2000;

    private final InstantSource clock;

    DisruptionBudgets(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Leave to evict a pod.
     *
     * @param budget that gave it; empty if the pod has none
     * @param unready it holds only as long as the pod is not ready
     */
    record Leave(String budget, boolean unready) {
    }

    /** Takes one disruption from the budget of the pod, if it has one, or refuses. */
    Leave spend(Call call, KubeObject pod, boolean dryRun) {
        var budgets = call.registry().reader().all(Kinds.POD_DISRUPTION_BUDGETS, pod.namespace()).stream()
                .filter(budget -> budget.spec().has("selector") && LabelSelector.from(budget.spec()
                        .object("selector")).matches(pod.labels())).toList();
        if (budgets.size() > 1) {
            throw new ApiException(Reason.INTERNAL_ERROR, "This pod has more than one PodDisruptionBudget, which "
                    + "the eviction subresource does not support.");
        }
        if (budgets.isEmpty()) {
            return new Leave("", false);
        }
        var budget = budgets.getFirst();
        boolean unready = isFree(pod, budget);
        if (!unready) {
            var key = budget.key(Kinds.POD_DISRUPTION_BUDGETS).sub("status");
            var options = call.options();
            call.registry().change(call.request(), key, newest -> spent(newest, pod),
                    new WriteOptions(dryRun, options.fieldManager(), options.fieldValidation()));
        }
        return new Leave(budget.name(), unready);
    }

    /** A running pod that is not ready counts for nothing where the budget says so, or is healthy without it. */
    private static boolean isFree(KubeObject pod, KubeObject budget) {
        boolean ready = pod.status().array("conditions").objects().stream().anyMatch(condition ->
                condition.text("type").equals("Ready") && condition.text("status").equals("True"));
        var status = budget.status();
        long desired = status.at("desiredHealthy").number(0);
        return !ready && (budget.spec().text("unhealthyPodEvictionPolicy").equals("AlwaysAllow")
                || desired > 0 && status.at("currentHealthy").number(0) >= desired);
    }

    private KubeObject spent(KubeObject budget, KubeObject pod) {
        var status = budget.status();
        if (status.at("observedGeneration").number(0) < budget.generation()) {
            throw busy(budget.name());
        }
        long allowed = status.at("disruptionsAllowed").number(0);
        if (allowed < 0) {
            throw ApiException.forbidden("poddisruptionbudget.policy", budget.name(),
                    "pdb disruptions allowed is negative");
        }
        if (status.object("disruptedPods").size() > MOST_UNSEEN) {
            throw ApiException.forbidden("poddisruptionbudget.policy", budget.name(),
                    "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
        }
        if (allowed == 0) {
            throw refused("The disruption budget " + budget.name() + " " + why(status), 0);
        }
        var now = clock.instant();
        var taken = budget.with(new JsonLong(allowed - 1), "status", "disruptionsAllowed")
                .with(Json.of(Times.seconds(now)), "status", "disruptedPods", pod.name());
        return allowed == 1 ? Disruption.spent(taken, now) : taken;
    }

    /** Numbers of a status that could not be worked out tell nothing. */
    private static String why(JsonObject status) {
        var condition = status.array("conditions").objects().stream()
                .filter(c -> c.text("type").equals("DisruptionAllowed") && c.text("status").equals("False")
                        && !c.text("message").isEmpty()).findFirst().orElse(JsonObject.EMPTY);
        long healthy = status.at("currentHealthy").number(0);
        long desired = status.at("desiredHealthy").number(0);
        if (condition.text("reason").equals("SyncFailed")) {
            return "does not allow evicting pods currently because it failed sync: " + condition.text("message");
        }
        if (healthy <= desired) {
            return "needs " + desired + " healthy pods and has " + healthy + " currently";
        }
        return "does not allow evicting pods currently" + (condition.isEmpty() ? ""
                : " (" + condition.text("reason") + "): " + condition.text("message"));
    }

    /** The budget is behind: it soon says more. */
    static ApiException busy(String budget) {
        return refused("The disruption budget " + budget + " is still being processed by the server.", RETRY_SECONDS);
    }

    /** Nobody is told when to come again where that depends on pods: clients would wait in silence. */
    private static ApiException refused(String why, int retrySeconds) {
        var causes = JsonArray.of(List.of(JsonObject.of("reason", "DisruptionBudget", "message", why)));
        var details = JsonObject.of("causes", causes);
        return new ApiException(Reason.TOO_MANY_REQUESTS,
                "Cannot evict pod as it would violate the pod's disruption budget.",
                retrySeconds == 0 ? details : details.with("retryAfterSeconds", Json.of(retrySeconds)));
    }
}
