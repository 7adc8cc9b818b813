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
import java.util.Set;

/**
 * What PodDisruptionBudgets say to an eviction. A budget whose status nobody has worked out yet refuses, as upstream's
 * does. Source: {@code pkg/registry/core/pod/storage/eviction.go}.
 */
final class DisruptionBudgets {
    private static final Set<String> UNPROTECTED = Set.of("Pending", "Succeeded", "Failed");
    private static final int RETRY_SECONDS = 10;

    private final InstantSource clock;

    DisruptionBudgets(InstantSource clock) {
        this.clock = clock;
    }

    /** Takes one disruption from the budget of the pod, if it has one, or refuses. */
    void spend(Call call, boolean dryRun) {
        var pod = call.owner();
        if (pod.deleting() || UNPROTECTED.contains(pod.status().text("phase"))) {
            return;
        }
        var budgets = call.registry().reader().all(Kinds.POD_DISRUPTION_BUDGETS, pod.namespace()).stream()
                .filter(budget -> budget.spec().has("selector") && LabelSelector.from(budget.spec()
                        .object("selector")).matches(pod.labels())).toList();
        if (budgets.size() > 1) {
            throw ApiException.internal("This pod has more than one PodDisruptionBudget, which the eviction "
                    + "subresource does not support.");
        }
        if (!budgets.isEmpty() && !isFree(pod, budgets.getFirst())) {
            var key = budgets.getFirst().key(Kinds.POD_DISRUPTION_BUDGETS).sub("status");
            var options = call.options();
            call.registry().change(call.request(), key, budget -> spent(budget, pod),
                    new WriteOptions(dryRun, options.fieldManager(), options.fieldValidation()));
        }
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
            throw refused("The disruption budget " + budget.name() + " is still being processed by the server.");
        }
        long allowed = status.at("disruptionsAllowed").number(0);
        if (allowed <= 0) {
            throw refused("The disruption budget " + budget.name() + " needs "
                    + status.at("desiredHealthy").number(0) + " healthy pods and has "
                    + status.at("currentHealthy").number(0) + " currently");
        }
        return budget.with(new JsonLong(allowed - 1), "status", "disruptionsAllowed")
                .with(Json.of(Times.seconds(clock.instant())), "status", "disruptedPods", pod.name());
    }

    private static ApiException refused(String why) {
        var cause = JsonObject.of("reason", "DisruptionBudget", "message", why);
        return new ApiException(Reason.TOO_MANY_REQUESTS,
                "Cannot evict pod as it would violate the pod's disruption budget.",
                JsonObject.of("causes", JsonArray.of(List.of(cause)), "retryAfterSeconds", RETRY_SECONDS));
    }
}
