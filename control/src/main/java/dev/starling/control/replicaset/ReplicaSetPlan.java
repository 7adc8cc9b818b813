package dev.starling.control.replicaset;

import dev.starling.control.workload.Conditions;
import dev.starling.control.workload.DeletionOrder;
import dev.starling.control.workload.Pods;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a ReplicaSet, or a ReplicationController, has to do now. Pure.
 *
 * @param create how many pods to create
 * @param delete which pods to delete
 * @param status the new status, without the condition ReplicaFailure, which depends on how creating goes
 * @param again when a pod becomes available by the passing of time
 */
record ReplicaSetPlan(int create, List<KubeObject> delete, JsonObject status, Optional<Duration> again) {
    /** The most pods that one pass creates or deletes. */
    private static final int BURST = 500;

    static ReplicaSetPlan of(KubeObject replicaSet, List<KubeObject> owned, Instant now) {
        var active = owned.stream().filter(Pods::active).toList();
        int wanted = (int) replicaSet.spec().at("replicas").number(1);
        int missing = replicaSet.deleting() ? 0 : wanted - active.size();
        var delete = missing < 0 ? DeletionOrder.first(Math.min(-missing, BURST), active) : List.<KubeObject>of();
        return new ReplicaSetPlan(Math.clamp(missing, 0, BURST), delete,
                status(replicaSet, active, now), nextAvailable(replicaSet, active, now));
    }

    /** There are as many pods as there are to be; only counts may still change. */
    boolean settled() {
        return create == 0 && delete.isEmpty();
    }

    private static Duration minReady(KubeObject replicaSet) {
        return Duration.ofSeconds(replicaSet.spec().at("minReadySeconds").number(0));
    }

    private static JsonObject status(KubeObject replicaSet, List<KubeObject> active, Instant now) {
        var labels = LabelSelector.of(replicaSet.spec().object("template", "metadata", "labels").texts());
        var minReady = minReady(replicaSet);
        var status = JsonObject.builder().put("replicas", active.size());
        count(status, "fullyLabeledReplicas", active.stream().filter(pod -> labels.matches(pod.labels())).count());
        count(status, "readyReplicas", active.stream().filter(Pods::ready).count());
        count(status, "availableReplicas", active.stream().filter(p -> Pods.available(p, minReady, now)).count());
        count(status, "observedGeneration", replicaSet.generation());
        Conditions.of(replicaSet.status()).without("ReplicaFailure").into(status);
        return status.build();
    }

    /** As the API writes numbers that may be omitted: not when they are zero. */
    private static void count(JsonObject.Builder status, String name, long value) {
        if (value != 0) {
            status.put(name, value);
        }
    }

    private static Optional<Duration> nextAvailable(KubeObject replicaSet, List<KubeObject> active, Instant now) {
        var minReady = minReady(replicaSet);
        return active.stream().filter(pod -> !Pods.available(pod, minReady, now))
                .flatMap(pod -> Pods.readySince(pod).stream())
                .map(since -> Duration.between(now, since.plus(minReady))).min(Duration::compareTo);
    }
}
