package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.registry.Part;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.KubeObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/** Pods are born Pending, and are deleted gracefully once they are on a node. */
final class PodRules implements KindRules {
    private static final long DEFAULT_GRACE_SECONDS = 30;
    /** What a pod says of itself until its gates are open (source: KEP-3521). */
    private static final JsonObject GATED = JsonObject.of("type", "PodScheduled", "status", "False",
            "reason", "SchedulingGated", "message", "Scheduling is blocked due to non-empty scheduling gates");
    private static final Map<String, Part> PARTS =
            Map.of("ephemeralcontainers", new EphemeralContainers(), "resize", new PodResize());
    private static final Set<String> TERMINAL = Set.of("Succeeded", "Failed");

    @Override
    public Optional<Part> part(String subresource) {
        return Optional.ofNullable(PARTS.get(subresource));
    }

    @Override
    public boolean hasStatus() {
        return true;
    }

    @Override
    public KubeObject prepareForCreate(KubeObject pod) {
        var born = pod.with(JsonObject.of("phase", "Pending", "qosClass", QosClass.of(pod).text()), "status");
        return pod.spec().array("schedulingGates").isEmpty() ? born
                : born.with(JsonArray.of(List.of(GATED)), "status", "conditions");
    }

    /** Whoever tells a pod's state has no say in who owns it (source: Kubernetes' strategy of pods). */
    @Override
    public KubeObject prepareForStatus(KubeObject before, KubeObject after) {
        boolean lost = after.status().text("qosClass").isEmpty() && !before.status().text("qosClass").isEmpty();
        var told = lost ? after.with(new JsonString(before.status().text("qosClass")), "status", "qosClass") : after;
        return before.metadata().find("ownerReferences").map(owners -> told.with(owners, "metadata",
                "ownerReferences")).orElseGet(() -> told.without("metadata", "ownerReferences"));
    }

    @Override
    public OptionalLong gracePeriodSeconds(KubeObject pod, DeleteOptions options) {
        boolean atOnce = pod.spec().text("nodeName").isEmpty() || TERMINAL.contains(pod.status().text("phase"));
        long own = pod.spec().at("terminationGracePeriodSeconds").number(DEFAULT_GRACE_SECONDS);
        long seconds = options.gracePeriodSeconds().orElse(own);
        return OptionalLong.of(atOnce ? 0 : seconds < 0 ? 1 : seconds);
    }

    @Override
    public Map<String, Function<KubeObject, String>> selectable() {
        return SELECTABLE;
    }

    private static final Map<String, Function<KubeObject, String>> SELECTABLE = fields();

    private static Map<String, Function<KubeObject, String>> fields() {
        var fields = new HashMap<>(Fields.at("spec.nodeName", "spec.restartPolicy", "spec.schedulerName",
                "spec.serviceAccountName", "status.phase", "status.podIP", "status.nominatedNodeName"));
        fields.put("spec.hostNetwork", Fields.orElse("false", "spec.hostNetwork"));
        return Map.copyOf(fields);
    }
}
