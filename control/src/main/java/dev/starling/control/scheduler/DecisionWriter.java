package dev.starling.control.scheduler;

import dev.starling.control.workload.Conditions;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Tells the API what was decided of pods, with the events that users see. Each call may wait for the API. */
final class DecisionWriter {
    private static final System.Logger LOG = System.getLogger(DecisionWriter.class.getName());

    private final KubeApi api;
    private final EventRecorder events;

    DecisionWriter(KubeApi api, EventRecorder events) {
        this.api = api;
        this.events = events;
    }

    /** How a write ended. */
    enum Ending { DONE, FAILED, GONE }

    Ending bind(Decision.Bind bind, Optional<String> profile) {
        var pod = bind.pod();
        var key = pod.key(Kinds.PODS);
        try {
            api.create(key.sub("binding"), binding(pod, bind.node(), profile));
            events.normal(pod, "Scheduled", "Successfully assigned " + key.namespacedName() + " to " + bind.node());
            return Ending.DONE;
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND)) {
                events.warning(pod, "FailedScheduling", "binding rejected: " + e.getMessage());
            }
            return e.is(Reason.NOT_FOUND) ? Ending.GONE : Ending.FAILED;
        }
    }

    /** Writes the node of a pod on those of its claims whose volume is still to be made. */
    Ending select(Decision.Bind bind) {
        var annotation = JsonObject.of("metadata", JsonObject.of("annotations",
                JsonObject.of(ClaimVolumes.SELECTED_NODE, bind.node())));
        try {
            for (String claim : bind.facts().unmade()) {
                api.patch(Kinds.PERSISTENT_VOLUME_CLAIMS.key(bind.pod().namespace(), claim),
                        new Patch.Merge(annotation));
            }
            return Ending.DONE;
        } catch (ApiException e) {
            events.warning(bind.pod(), "FailedScheduling", "running PreBind plugin \"VolumeBinding\": "
                    + e.getMessage());
            return Ending.FAILED;
        }
    }

    /** The binding names the pod's uid, so that a later pod of the same name is never bound by it. */
    static KubeObject binding(KubeObject pod, String node, Optional<String> profile) {
        var metadata = JsonObject.builder().put("name", pod.name()).put("namespace", pod.namespace())
                .putText("uid", pod.uid());
        profile.ifPresent(name -> metadata.put("labels", JsonObject.of(ProfileSelection.LABEL, name)));
        return KubeObject.of(JsonObject.of("apiVersion", "v1", "kind", "Binding", "metadata", metadata.build(),
                "target", JsonObject.of("apiVersion", "v1", "kind", "Node", "name", node)));
    }

    /** @param nominated the node where room is kept for it; empty for none */
    Ending refuse(KubeObject pod, String why, String nominated, Instant now) {
        events.warning(pod, "FailedScheduling", why);
        var patch = unscheduled(pod, why, nominated, now);
        if (patch.isEmpty()) {
            return Ending.DONE;
        }
        try {
            api.patch(status(pod), patch.get());
            return Ending.DONE;
        } catch (ApiException e) {
            // The pod went away, or changed: what it is now will be decided on anew.
            return e.is(Reason.NOT_FOUND) ? Ending.GONE : Ending.FAILED;
        }
    }

    private static ObjectKey status(KubeObject pod) {
        return pod.key(Kinds.PODS).sub("status");
    }

    /**
     * The patch by which a pod tells why it has no node; nothing if it says so already. It holds only for the pod as
     * it was seen: one that was bound meanwhile, or made again under its name, is left alone.
     */
    static Optional<Patch> unscheduled(KubeObject pod, String why, String nominated, Instant now) {
        var old = Conditions.of(pod.status());
        var said = old.with(Conditions.Said.no("PodScheduled", "Unschedulable", why), now);
        if (said.equals(old) && nominated.equals(pod.status().text("nominatedNodeName"))) {
            return Optional.empty();
        }
        Json condition = said.find("PodScheduled").orElseThrow();
        var status = JsonObject.builder().put("conditions", JsonArray.of(List.of(condition)));
        if (!nominated.equals(pod.status().text("nominatedNodeName"))) {
            status.put("nominatedNodeName", nominated);
        }
        return Optional.of(new Patch.Strategic(JsonObject.of(
                "metadata", JsonObject.of("uid", pod.uid(), "resourceVersion", pod.resourceVersion()),
                "status", status.build())));
    }

    /** Keeps no room for a pod any more. */
    Ending denominate(KubeObject pod) {
        var change = JsonObject.of("metadata", JsonObject.of("uid", pod.uid()), "status",
                JsonObject.of("nominatedNodeName", ""));
        try {
            api.patch(status(pod), new Patch.Strategic(change));
            return Ending.DONE;
        } catch (ApiException e) {
            return failed("denominate", pod, e);
        }
    }

    private static Ending failed(String what, KubeObject pod, ApiException e) {
        if (e.is(Reason.NOT_FOUND)) {
            return Ending.GONE;
        }
        LOG.log(Level.WARNING, what + " failed pod=" + pod.namespacedName() + " error=" + e.getMessage());
        return Ending.FAILED;
    }

    /** Ends a pod gracefully, and says for whom (source: KEP-3329 for the condition). */
    Ending evict(KubeObject victim, KubeObject preemptor, String node, Instant now) {
        String scheduler = preemptor.spec().text("schedulerName");
        var said = Conditions.of(victim.status()).with(Conditions.Said.yes("DisruptionTarget",
                "PreemptionByScheduler", (scheduler.isEmpty() ? Scheduler.NAME : scheduler)
                        + ": preempting to accommodate a higher priority pod"), now);
        var change = JsonObject.of("metadata", JsonObject.of("uid", victim.uid()), "status",
                JsonObject.of("conditions", JsonArray.of(List.of(said.find("DisruptionTarget").orElseThrow()))));
        try {
            api.patch(status(victim), new Patch.Strategic(change));
            api.delete(victim.key(Kinds.PODS), DeleteOptions.DEFAULT.withUid(victim.uid()));
            events.normal(victim, "Preempted", "Preempted by pod " + preemptor.uid() + " on node " + node);
            return Ending.DONE;
        } catch (ApiException e) {
            return failed("preempt", victim, e);
        }
    }
}
