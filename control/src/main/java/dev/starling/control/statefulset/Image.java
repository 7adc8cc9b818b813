package dev.starling.control.statefulset;

import dev.starling.control.revision.History;
import dev.starling.control.workload.IntOrPercent;
import dev.starling.control.workload.Pods;
import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A StatefulSet, its pods and its claims at one moment.
 *
 * @param pods those that the set owns
 * @param current the revision that the set is leaving, or has
 * @param update the revision of the set's present template
 * @param collisions how often the name of a revision was taken
 * @param claims by name, those that there are in the set's namespace
 */
record Image(KubeObject set, List<KubeObject> pods, KubeObject current, KubeObject update, long collisions,
        Function<String, Optional<KubeObject>> claims) {
    Image {
        pods = List.copyOf(pods);
    }

    int first() {
        return (int) set.spec().at("ordinals", "start").number(0);
    }

    int replicas() {
        return (int) set.spec().at("replicas").number(1);
    }

    Duration minReady() {
        return Duration.ofSeconds(set.spec().at("minReadySeconds").number(0));
    }

    /** Whether each pod waits for the one before it. */
    boolean ordered() {
        return !set.spec().text("podManagementPolicy").equals("Parallel");
    }

    boolean rolling() {
        return !set.spec().text("updateStrategy", "type").equals("OnDelete");
    }

    /** How many places, from the first one on, keep the current revision. */
    long partition() {
        return set.spec().at("updateStrategy", "rollingUpdate", "partition").number(0);
    }

    /** How many pods an update may take away at once; nothing where the set does not say. */
    Optional<Integer> maxUnavailable() {
        var value = set.spec().at("updateStrategy", "rollingUpdate", "maxUnavailable");
        return value.isNull() ? Optional.empty() : Optional.of(Math.max(1,
                IntOrPercent.of(value, replicas(), false, 1)));
    }

    /** The revision from which a missing pod is made. */
    KubeObject revision(int place) {
        return rolling() && place < partition() ? current : update;
    }

    boolean updated(KubeObject pod) {
        return update.name().equals(pod.labels().get(History.HASH));
    }

    static boolean running(KubeObject pod) {
        return Pods.phase(pod).equals("Running") && Pods.ready(pod);
    }

    boolean available(KubeObject pod, Instant now) {
        return running(pod) && Pods.available(pod, minReady(), now);
    }

    /** Not there for its users: a pod that goes is not, even if it still runs. */
    boolean unavailable(KubeObject pod, Instant now) {
        return pod.deleting() || !available(pod, now);
    }
}
