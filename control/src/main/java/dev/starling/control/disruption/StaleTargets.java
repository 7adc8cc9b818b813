package dev.starling.control.disruption;

import dev.starling.control.workload.Pods;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Takes back the condition DisruptionTarget of pods that nobody has deleted within two minutes. */
public final class StaleTargets implements Reconciler {
    private static final Duration STALE = Duration.ofMinutes(2);
    private static final String CONDITION = "DisruptionTarget";

    private final Informer pods;

    private StaleTargets(Informer pods) {
        this.pods = pods;
    }

    /** Wires the controller to its informer, which is not yet started. */
    public static Controller controller(KubeApi api, Informer pods) {
        var controller = new Controller("stale-disruption", api, new StaleTargets(pods), List.of(pods));
        pods.onChange((before, after) -> after.ifPresent(pod ->
                due(pod).ifPresent(due -> controller.enqueueAt(pod.key(Kinds.PODS), due))));
        return controller;
    }

    /** When the condition of a pod goes stale; what the node itself said of it never does. */
    static Optional<Instant> due(KubeObject pod) {
        return Pods.active(pod) ? Pods.condition(pod, CONDITION)
                .filter(c -> c.text("status").equals("True") && !c.text("reason").equals("TerminationByKubelet"))
                .map(c -> Times.parse(c.text("lastTransitionTime")).orElse(Instant.EPOCH).plus(STALE))
                : Optional.empty();
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var pod = pods.find(key.namespace(), key.name());
        var due = pod.flatMap(StaleTargets::due);
        if (due.isEmpty()) {
            return Outcome.done();
        }
        if (due.get().isAfter(now)) {
            return Outcome.again(Duration.between(now, due.get()));
        }
        var reset = JsonObject.of("type", CONDITION, "status", "False", "reason", JsonNull.NULL,
                "message", JsonNull.NULL, "lastTransitionTime", Times.seconds(now));
        api.patch(key.sub("status"), new Patch.Strategic(JsonObject.of("metadata", JsonObject.of(
                "uid", pod.get().uid(), "resourceVersion", pod.get().resourceVersion()),
                "status", JsonObject.of("conditions", JsonArray.of(List.of(reset))))));
        return Outcome.done();
    }
}
