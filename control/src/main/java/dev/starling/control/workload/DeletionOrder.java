package dev.starling.control.workload;

import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which of its pods a controller deletes first: those that serve least and are replaced most cheaply (source: upstream
 * documentation, "ReplicaSet: Scaling a ReplicaSet").
 */
public final class DeletionOrder {
    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";
    private static final List<String> PHASES = List.of("Pending", "Unknown", "Running");

    private DeletionOrder() {
    }

    /** The pods to delete, of all active ones. */
    public static List<KubeObject> first(int count, Collection<KubeObject> pods) {
        var neighbours = new HashMap<String, Integer>();
        pods.forEach(pod -> neighbours.merge(Pods.node(pod), 1, Integer::sum));
        return pods.stream().sorted(order(neighbours)).limit(count).toList();
    }

    private static Comparator<KubeObject> order(Map<String, Integer> neighbours) {
        return Comparator.comparing((KubeObject pod) -> !Pods.node(pod).isEmpty())
                .thenComparing(pod -> PHASES.indexOf(Pods.phase(pod)))
                .thenComparing(Pods::ready)
                .thenComparing(DeletionOrder::cost)
                .thenComparing(pod -> -neighbours.getOrDefault(Pods.node(pod), 0))
                .thenComparing(pod -> Pods.readySince(pod).orElse(Instant.MAX), Comparator.reverseOrder())
                .thenComparing(pod -> -Pods.restarts(pod))
                .thenComparing(pod -> pod.created().orElse(Instant.MAX), Comparator.reverseOrder())
                .thenComparing(KubeObject::name);
    }

    /** 0 where there is none, or none that is a number. */
    private static int cost(KubeObject pod) {
        try {
            return Integer.parseInt(pod.annotations().getOrDefault(COST, "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
