package dev.starling.apiserver.admission.pods;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;

/** Gives each new pod the overhead, the node selector and the tolerations of its runtime class. */
public final class RuntimeClassAdmission implements Admission {
    private static final String UNFOUNDED =
            "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead";

    @Override
    public KubeObject admit(AdmissionRequest request) {
        return request.creates(Kinds.PODS) ? ofClass(request, request.object()) : request.object();
    }

    private static KubeObject ofClass(AdmissionRequest request, KubeObject pod) {
        String name = pod.spec().text("runtimeClassName");
        var given = pod.spec().object("overhead");
        if (name.isEmpty()) {
            if (!given.isEmpty()) {
                throw refused(pod, UNFOUNDED);
            }
            return pod;
        }
        var runtime = request.reader().find(Kinds.RUNTIME_CLASSES.key(name)).orElseThrow(() ->
                refused(pod, "pod rejected: RuntimeClass \"" + name + "\" not found"));
        var overhead = runtime.tree().object("overhead", "podFixed");
        if (!given.isEmpty() && !given.equals(overhead)) {
            throw refused(pod, overhead.isEmpty() ? UNFOUNDED
                    : "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
        }
        var spec = overhead.isEmpty() ? pod.spec() : pod.spec().with("overhead", overhead);
        return pod.with(scheduled(spec, runtime.tree().object("scheduling"), pod), "spec");
    }

    private static JsonObject scheduled(JsonObject spec, JsonObject scheduling, KubeObject pod) {
        var selector = spec.object("nodeSelector");
        for (var label : scheduling.object("nodeSelector").entries()) {
            Json own = selector.at(label.getKey());
            if (!own.isNull() && !own.equals(label.getValue())) {
                throw refused(pod, "conflict: runtimeClass.scheduling.nodeSelector[" + label.getKey() + "] = "
                        + label.getValue().text() + "; pod.spec.nodeSelector[" + label.getKey() + "] = "
                        + own.text());
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

    private static ApiException refused(KubeObject pod, String why) {
        return ApiException.forbidden(Kinds.PODS.qualifiedPlural(), pod.name(), why);
    }
}
