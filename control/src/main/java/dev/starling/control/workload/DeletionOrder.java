package dev.starling.control.workload;

import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;

/**
 * Which of its pods a controller deletes first: those that serve least and are replaced most cheaply (source: upstream
 * documentation, "ReplicaSet: Scaling a ReplicaSet").
 */
public final class DeletionOrder {
    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";
    private static final List<String> PHASES = List.of("Pending", "Unknown", "Running");

    private DeletionOrder() {
    }

    /** What the order looks at, read once for each pod. */
    private record Rank(KubeObject pod, boolean bound, int phase, boolean ready, int cost, int neighbours,
            Instant readySince, long restarts, Instant created) {
        private static final Comparator<Rank> ORDER = Comparator.comparing(Rank::bound)
                .thenComparing(Rank::phase).thenComparing(Rank::ready).thenComparing(Rank::cost)
                .thenComparing(Rank::neighbours, Comparator.reverseOrder())
                .thenComparing(Rank::readySince, Comparator.reverseOrder())
                .thenComparing(Rank::restarts, Comparator.reverseOrder())
                .thenComparing(Rank::created, Comparator.reverseOrder())
                .thenComparing(rank -> rank.pod().name());
    }

    /** The pods to delete, of all active ones. */
    public static List<KubeObject> first(int count, Collection<KubeObject> pods) {
        var neighbours = new HashMap<String, Integer>();
        pods.forEach(pod -> neighbours.merge(Pods.node(pod), 1, Integer::sum));
        return pods.stream().map(pod -> rank(pod, neighbours.get(Pods.node(pod)))).sorted(Rank.ORDER).limit(count)
                .map(Rank::pod).toList();
    }

    private static Rank rank(KubeObject pod, int neighbours) {
        return new Rank(pod, !Pods.node(pod).isEmpty(), PHASES.indexOf(Pods.phase(pod)), Pods.ready(pod), cost(pod),
                neighbours, Pods.readySince(pod).orElse(Instant.MAX), Pods.restarts(pod),
                pod.created().orElse(Instant.MAX));
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
