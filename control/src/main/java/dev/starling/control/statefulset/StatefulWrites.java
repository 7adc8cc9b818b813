package dev.starling.control.statefulset;

import dev.starling.control.workload.PodWrites;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Locale;

/** Carries out what a StatefulSet needs done, and tells so by events on it, worded as upstream does. */
final class StatefulWrites {
    private final KubeObject set;
    private final KubeApi api;
    private final EventRecorder events;

    StatefulWrites(KubeObject set, KubeApi api, EventRecorder events) {
        this.set = set;
        this.api = api;
        this.events = events;
    }

    /** @throws ApiException the first refusal; what comes after it is left for the next time */
    void carryOut(Act act) {
        switch (act) {
            case Act.Create(var pod, var claims) -> create(pod, claims);
            case Act.Supply(var pod, var claims) -> supply(pod, claims);
            case Act.Delete(var pod) -> told("Delete", pod, () -> delete(pod));
            case Act.Identify(var pod, var labels) -> told("Update", pod, () ->
                    api.patch(pod.key(Kinds.PODS), new Patch.Merge(JsonObject.of("metadata",
                            JsonObject.of("uid", pod.uid(), "labels", labels)))));
            case Act.Hand(var claim, var owners) -> api.patch(claim.key(Kinds.PERSISTENT_VOLUME_CLAIMS),
                    new Patch.Merge(JsonObject.of("metadata", JsonObject.of("resourceVersion",
                            claim.resourceVersion(), "ownerReferences", owners))));
        }
    }

    private void create(KubeObject pod, List<KubeObject> claims) {
        told("Create", pod, () -> {
            supply(pod, claims);
            api.create(pod.key(Kinds.PODS), pod);
        });
    }

    private void supply(KubeObject pod, List<KubeObject> claims) {
        for (var claim : claims) {
            try {
                supply(claim);
                events.normal(set, "SuccessfulCreate", "create Claim " + claim.name() + " Pod " + pod.name()
                        + " in StatefulSet " + set.name() + " success");
            } catch (ApiException e) {
                if (!PodWrites.ofTerminatingNamespace(e)) {
                    events.warning(set, "FailedCreate", "create Claim " + claim.name() + " for Pod " + pod.name()
                            + " in StatefulSet " + set.name() + " failed error: " + e.getMessage());
                }
                throw e;
            }
        }
    }

    /** A claim that somebody made meanwhile is as good, unless it goes. */
    private void supply(KubeObject claim) {
        var key = claim.key(Kinds.PERSISTENT_VOLUME_CLAIMS);
        try {
            api.create(key, claim);
        } catch (ApiException e) {
            if (!e.is(Reason.ALREADY_EXISTS)) {
                throw e;
            }
            if (api.get(key).deleting()) {
                throw new ApiException(Reason.CONFLICT, "pvc " + claim.name() + " is being deleted");
            }
        }
    }

    private void delete(KubeObject pod) {
        try {
            api.delete(pod.key(Kinds.PODS), DeleteOptions.DEFAULT.withUid(pod.uid()));
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND)) {
                throw e;
            }
        }
    }

    /** That the name of a pod is taken is told by nobody: the next time shows by whom. */
    private void told(String verb, KubeObject pod, Runnable write) {
        String what = verb.toLowerCase(Locale.ROOT) + " Pod " + pod.name() + " in StatefulSet " + set.name();
        try {
            write.run();
        } catch (ApiException e) {
            if (!e.is(Reason.ALREADY_EXISTS) && !PodWrites.ofTerminatingNamespace(e)) {
                events.warning(set, "Failed" + verb, what + " failed error: " + e.getMessage());
            }
            throw e;
        }
        events.normal(set, "Successful" + verb, what + " successful");
    }
}
