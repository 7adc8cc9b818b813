package dev.starling.control.workload;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Creates and deletes the pods of an owner, and tells so by events on the owner. */
public final class PodWrites {
    private final KubeApi api;
    private final EventRecorder events;

    public PodWrites(KubeApi api, EventRecorder events) {
        this.api = api;
        this.events = events;
    }

    /**
     * Creates pods in batches of 1, 2, 4, …, and stops after the batch in which one was refused: a hundred pods that
     * break the same rule make one refusal, not a hundred.
     *
     * @return the first refusal
     */
    public Optional<ApiException> create(KubeObject owner, List<KubeObject> pods) {
        Optional<ApiException> refusal = Optional.empty();
        int done = 0;
        int batch = 1;
        while (done < pods.size() && refusal.isEmpty()) {
            int end = Math.min(pods.size(), done + batch);
            for (var pod : pods.subList(done, end)) {
                refusal = refusal.or(() -> create(owner, pod));
            }
            done = end;
            batch *= 2;
        }
        return refusal;
    }

    private Optional<ApiException> create(KubeObject owner, KubeObject pod) {
        try {
            var made = api.create(Kinds.PODS.key(owner.namespace(), pod.name()), pod);
            events.normal(owner, "SuccessfulCreate", "Created pod: " + made.name());
            return Optional.empty();
        } catch (ApiException e) {
            if (!ofTerminatingNamespace(e)) {
                events.warning(owner, "FailedCreate", "Error creating: " + e.getMessage());
            }
            return Optional.of(e);
        }
    }

    /** Whether a namespace that is being deleted refused the write: it will refuse every other one too. */
    public static boolean ofTerminatingNamespace(ApiException e) {
        return e.is(Reason.FORBIDDEN) && e.details().array("causes").objects().stream()
                .anyMatch(cause -> cause.text("reason").equals("NamespaceTerminating"));
    }

    /** Deletes pods; those that are gone already are passed over. */
    public void delete(KubeObject owner, Collection<KubeObject> pods) {
        for (var pod : pods) {
            try {
                api.delete(pod.key(Kinds.PODS), DeleteOptions.DEFAULT.withUid(pod.uid()));
                events.normal(owner, "SuccessfulDelete", "Deleted pod: " + pod.name());
            } catch (ApiException e) {
                if (!e.is(Reason.NOT_FOUND) && !e.is(Reason.CONFLICT)) {
                    events.warning(owner, "FailedDelete", "Error deleting: " + e.getMessage());
                    throw e;
                }
            }
        }
    }
}
