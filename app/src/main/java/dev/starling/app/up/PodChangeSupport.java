package dev.starling.app.up;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.node.pod.Unsupported;
import java.util.List;
import java.util.Set;

/**
 * Refuses changes of pods that virtual nodes can't follow yet, such as containers to look into them and other sizes,
 * with every reason. What is wrong in itself was refused before.
 */
final class PodChangeSupport implements Admission {
    /** Whatever else is updated leaves alone what is refused here. */
    private static final Set<String> PARTS = Set.of("ephemeralcontainers", "resize");

    @Override
    public KubeObject admit(AdmissionRequest request) {
        boolean changes = request.key().type().equals(Kinds.PODS) && PARTS.contains(request.key().subresource())
                && request.operation() == AdmissionRequest.Operation.UPDATE;
        if (changes) {
            List<String> refusals = Unsupported.of(request.before().orElseThrow().spec(), request.object().spec());
            if (!refusals.isEmpty()) {
                throw ApiException.forbidden("pods", request.object().name(), String.join("; ", refusals));
            }
        }
        return request.object();
    }
}
