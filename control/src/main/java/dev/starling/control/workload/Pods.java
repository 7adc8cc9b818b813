package dev.starling.control.workload;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Facts that a pod's own fields tell. All are pure. */
public final class Pods {
    private Pods() {
    }

    public static String phase(KubeObject pod) {
        return pod.status().text("phase");
    }

    /** Ended for good: its containers will never run again. */
    public static boolean terminal(KubeObject pod) {
        String phase = phase(pod);
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /** Neither ended nor being deleted. */
    public static boolean active(KubeObject pod) {
        return !pod.deleting() && !terminal(pod);
    }

    /** The name of the node that the pod is bound to; empty while it waits for one. */
    public static String node(KubeObject pod) {
        return pod.spec().text("nodeName");
    }

    public static Optional<JsonObject> condition(KubeObject object, String type) {
        for (var condition : object.status().array("conditions").objects()) {
            if (condition.text("type").equals(type)) {
                return Optional.of(condition);
            }
        }
        return Optional.empty();
    }

    /** Whether a condition has status {@code True}. */
    public static boolean holds(KubeObject object, String type) {
        return condition(object, type).filter(c -> c.text("status").equals("True")).isPresent();
    }

    public static boolean ready(KubeObject pod) {
        return holds(pod, "Ready");
    }

    /** Since when the pod is ready; nothing while it is not. */
    public static Optional<Instant> readySince(KubeObject pod) {
        return condition(pod, "Ready").filter(c -> c.text("status").equals("True"))
                .flatMap(c -> Times.parse(c.text("lastTransitionTime")));
    }

    /** Ready for at least a while. */
    public static boolean available(KubeObject pod, Duration minReady, Instant now) {
        if (!ready(pod)) {
            return false;
        }
        return minReady.isZero() || readySince(pod).filter(t -> !t.plus(minReady).isAfter(now)).isPresent();
    }

    /** The most restarts of any container. */
    public static long restarts(KubeObject pod) {
        return pod.status().array("containerStatuses").objects().stream()
                .mapToLong(c -> c.at("restartCount").number(0)).max().orElse(0);
    }
}
