package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import java.util.List;
import java.util.Map;

/** What every new pod gets: a priority, patience with troubled nodes, and what its runtime class asks for. */
final class PodAdmission implements Admission {
    private static final int PATIENCE_SECONDS = 300;
    private static final Map<String, Long> PRIORITIES =
            Map.of("", 0L, "system-cluster-critical", 2_000_000_000L, "system-node-critical", 2_000_001_000L);

    @Override
    public KubeObject admit(AdmissionRequest request) {
        return request.creates(Kinds.PODS)
                ? ofRuntimeClass(request, tolerant(prioritized(request.object()))) : request.object();
    }

    private static KubeObject prioritized(KubeObject pod) {
        String name = pod.spec().text("priorityClassName");
        long priority = PRIORITIES.getOrDefault(name, -1L);
        if (priority < 0) {
            throw ApiException.forbidden("pods", pod.name(), "no PriorityClass with name " + name + " was found");
        }
        var given = pod.spec().at("priority");
        if (!given.isNull() && given.number(0) != priority) {
            throw ApiException.forbidden("pods", pod.name(), "the integer value of priority (" + given
                    + ") must not be provided in pod spec; priority admission controller computed " + priority
                    + " from the given PriorityClass name");
        }
        var ranked = pod.with(new JsonLong(priority), "spec", "priority");
        return pod.spec().has("preemptionPolicy") ? ranked
                : ranked.with("PreemptLowerPriority", "spec", "preemptionPolicy");
    }

    private static KubeObject tolerant(KubeObject pod) {
        var tolerations = pod.spec().array("tolerations");
        for (String key : List.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")) {
            if (tolerations.objects().stream().noneMatch(toleration -> tolerates(toleration, key))) {
                tolerations = tolerations.plus(JsonObject.of("key", key, "operator", "Exists",
                        "effect", "NoExecute", "tolerationSeconds", PATIENCE_SECONDS));
            }
        }
        return pod.with(tolerations, "spec", "tolerations");
    }

    private static boolean tolerates(JsonObject toleration, String key) {
        String effect = toleration.text("effect");
        String own = toleration.text("key");
        return (own.equals(key) || own.isEmpty()) && (effect.isEmpty() || effect.equals("NoExecute"));
    }

    private static KubeObject ofRuntimeClass(AdmissionRequest request, KubeObject pod) {
        String name = pod.spec().text("runtimeClassName");
        if (name.isEmpty()) {
            return pod;
        }
        var runtime = request.reader().find(Kinds.RUNTIME_CLASSES.key(name)).orElseThrow(() ->
                ApiException.forbidden("pods", pod.name(), "pod rejected: RuntimeClass \"" + name + "\" not found"));
        var overhead = runtime.tree().object("overhead", "podFixed");
        var spec = overhead.isEmpty() ? pod.spec() : pod.spec().with("overhead", overhead);
        return pod.with(scheduled(spec, runtime.tree().object("scheduling"), pod), "spec");
    }

    private static JsonObject scheduled(JsonObject spec, JsonObject scheduling, KubeObject pod) {
        var selector = spec.object("nodeSelector");
        for (var label : scheduling.object("nodeSelector").entries()) {
            Json own = selector.at(label.getKey());
            if (!own.isNull() && !own.equals(label.getValue())) {
                throw ApiException.forbidden("pods", pod.name(), "conflict: runtimeClass.scheduling.nodeSelector["
                        + label.getKey() + "] = " + label.getValue().text() + "; pod.spec.nodeSelector["
                        + label.getKey() + "] = " + own.text());
            }
            selector = selector.with(label.getKey(), label.getValue());
        }
        var tolerations = spec.array("tolerations");
        for (var toleration : scheduling.array("tolerations")) {
            tolerations = tolerations.values().contains(toleration) ? tolerations : tolerations.plus(toleration);
        }
        var chosen = selector.isEmpty() ? spec : spec.with("nodeSelector", selector);
        return tolerations.isEmpty() ? chosen : chosen.with("tolerations", tolerations);
    }
}
