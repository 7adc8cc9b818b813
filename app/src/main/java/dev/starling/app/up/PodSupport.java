package dev.starling.app.up;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import dev.starling.node.pod.PodView;
import dev.starling.node.pod.Unsupported;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * Refuses pods that ask for what virtual nodes can't do yet, with every reason, before anything is stored, and notes
 * on the others when they were asked for: their receipts count from there. What the node records of a pod's cost is the
 * node's alone to write: a pod that is made from a copy of an older one does not bring the older one's bill along.
 */
final class PodSupport implements Admission {
    private static final List<String> RECORDS =
            List.of(PodView.CREATED, PodView.BILLING_START, PodView.BILLING_END, PodView.RECEIPT);
    private static final Set<String> GUARDED = Set.of("", "status");
    private static final KubeObject UNRECORDED = KubeObject.named(Kinds.PODS, "", "");

    private final InstantSource clock;

    PodSupport(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        if (request.creates(Kinds.PODS)) {
            return admitNew(request);
        }
        boolean guarded = request.key().type().equals(Kinds.PODS) && GUARDED.contains(request.key().subresource())
                && request.operation() == AdmissionRequest.Operation.UPDATE
                && !request.caller().equals(Caller.component(PoolPart.COMPONENT));
        return guarded ? withRecordsOf(request.before().orElseThrow(), request.object()) : request.object();
    }

    private KubeObject admitNew(AdmissionRequest request) {
        List<String> refusals = Unsupported.of(request.object().spec());
        if (!refusals.isEmpty()) {
            throw ApiException.forbidden("pods", request.object().name(), String.join("; ", refusals));
        }
        return withRecordsOf(UNRECORDED, request.object())
                .with(Times.micros(clock.instant()), "metadata", "annotations", PodView.CREATED);
    }

    private static KubeObject withRecordsOf(KubeObject recorded, KubeObject object) {
        var guarded = object;
        for (String record : RECORDS) {
            var kept = recorded.annotations().getOrDefault(record, "");
            if (!kept.equals(guarded.annotations().getOrDefault(record, ""))) {
                guarded = kept.isEmpty() ? guarded.without("metadata", "annotations", record)
                        : guarded.with(kept, "metadata", "annotations", record);
            }
        }
        return guarded;
    }
}
