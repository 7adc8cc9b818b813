package dev.starling.app.up;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import dev.starling.node.pod.PodView;
import dev.starling.node.pod.Unsupported;
import java.time.InstantSource;
import java.util.List;

/**
 * Refuses pods that ask for what virtual nodes can't do yet, with every reason, before anything is stored, and notes
 * on the others when they were asked for: their receipts count from there.
 */
final class PodSupport implements Admission {
    private final InstantSource clock;

    PodSupport(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        if (!request.creates(Kinds.PODS)) {
            return request.object();
        }
        List<String> refusals = Unsupported.of(request.object().spec());
        if (!refusals.isEmpty()) {
            throw ApiException.forbidden("pods", request.object().name(), String.join("; ", refusals));
        }
        return request.object().with(Times.micros(clock.instant()), "metadata", "annotations", PodView.CREATED);
    }
}
