package dev.starling.control.scheduler;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Taints that repel pods, and tolerations that let them pass. */
final class Taints {
    private static final JsonObject UNSCHEDULABLE =
            JsonObject.of("key", "node.kubernetes.io/unschedulable", "effect", "NoSchedule");

    private Taints() {
    }

    /** Taints by which virtual nodes keep off pods that were not meant for them: a profile overrules these. */
    private static final Set<String> OF_VIRTUAL_NODES =
            Set.of("virtual-kubelet.io/provider", "eks.amazonaws.com/compute-type");

    /** The first taint that keeps a pod off a node; a pod that a Fargate profile selects may go to virtual nodes. */
    static Optional<JsonObject> repelling(KubeObject pod, KubeObject node, boolean selected) {
        var tolerations = pod.spec().array("tolerations").objects();
        return node.spec().array("taints").objects().stream()
                .filter(taint -> taint.text("effect").equals("NoSchedule") || taint.text("effect").equals("NoExecute"))
                .filter(taint -> !(selected && OF_VIRTUAL_NODES.contains(taint.text("key"))))
                .filter(taint -> !tolerated(taint, tolerations)).findFirst();
    }

    /** How many taints would rather not have the pod. */
    static long discouraging(KubeObject pod, KubeObject node) {
        var tolerations = pod.spec().array("tolerations").objects();
        return node.spec().array("taints").objects().stream()
                .filter(taint -> taint.text("effect").equals("PreferNoSchedule"))
                .filter(taint -> !tolerated(taint, tolerations)).count();
    }

    /** Whether a pod may go to a node that is cordoned. */
    static boolean toleratesUnschedulable(KubeObject pod) {
        return tolerated(UNSCHEDULABLE, pod.spec().array("tolerations").objects());
    }

    private static boolean tolerated(JsonObject taint, List<JsonObject> tolerations) {
        return tolerations.stream().anyMatch(toleration -> tolerates(toleration, taint));
    }

    private static boolean tolerates(JsonObject toleration, JsonObject taint) {
        String effect = toleration.text("effect");
        String key = toleration.text("key");
        boolean exists = toleration.text("operator").equals("Exists");
        boolean anyKey = key.isEmpty() && exists;
        return (effect.isEmpty() || effect.equals(taint.text("effect")))
                && (anyKey || key.equals(taint.text("key")))
                && (exists || toleration.text("value").equals(taint.text("value")));
    }
}
