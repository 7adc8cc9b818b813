package dev.starling.apiserver.admission.pods;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.List;

/** Every pod bears a node that is not ready or cannot be reached for five minutes, unless it says otherwise. */
public final class TolerationAdmission implements Admission {
    private static final int PATIENCE_SECONDS = 300;

    @Override
    public KubeObject admit(AdmissionRequest request) {
        boolean concerns = request.key().type().equals(Kinds.PODS) && request.key().subresource().isEmpty()
                && (request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE);
        return concerns ? tolerant(request.object()) : request.object();
    }

    private static KubeObject tolerant(KubeObject pod) {
        var given = pod.spec().array("tolerations");
        var tolerations = given;
        for (String key : List.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")) {
            if (tolerations.objects().stream().noneMatch(toleration -> tolerates(toleration, key))) {
                tolerations = tolerations.plus(JsonObject.of("key", key, "operator", "Exists",
                        "effect", "NoExecute", "tolerationSeconds", PATIENCE_SECONDS));
            }
        }
        return tolerations == given ? pod : pod.with(tolerations, "spec", "tolerations");
    }

    private static boolean tolerates(JsonObject toleration, String key) {
        String effect = toleration.text("effect");
        String own = toleration.text("key");
        return (own.equals(key) || own.isEmpty()) && (effect.isEmpty() || effect.equals("NoExecute"));
    }
}
