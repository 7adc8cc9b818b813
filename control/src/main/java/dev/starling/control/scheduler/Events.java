package dev.starling.control.scheduler;

import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What happened since parked pods were last looked at, and whom of them it may help: a node that gained room helps
 * those that it may take; pods that come or go help those whose constraints count pods.
 */
final class Events {
    private static final Set<Objection.Kind> BY_PODS_THAT_COME =
            EnumSet.of(Objection.Kind.POD_AFFINITY, Objection.Kind.SPREAD);
    private static final Set<Objection.Kind> BY_PODS_THAT_GO = EnumSet.of(Objection.Kind.ANTI_AFFINITY,
            Objection.Kind.EXISTING_ANTI_AFFINITY, Objection.Kind.SPREAD);
    /** Another domain may be that of company which is there already. */
    private static final Set<Objection.Kind> BY_NODES = EnumSet.of(Objection.Kind.POD_AFFINITY,
            Objection.Kind.ANTI_AFFINITY, Objection.Kind.EXISTING_ANTI_AFFINITY, Objection.Kind.SPREAD);
    private static final Set<Objection.Kind> BY_NAMESPACES = EnumSet.of(Objection.Kind.POD_AFFINITY,
            Objection.Kind.ANTI_AFFINITY, Objection.Kind.EXISTING_ANTI_AFFINITY);

    private final Set<String> gaining = new LinkedHashSet<>();
    private final Set<Objection.Kind> cured = EnumSet.noneOf(Objection.Kind.class);

    void podCame() {
        cured.addAll(BY_PODS_THAT_COME);
    }

    void podWent(String node) {
        cured.addAll(BY_PODS_THAT_GO);
        gaining.add(node);
    }

    /** Room was kept on a node, and is kept no more. */
    void roomCame(String node) {
        gaining.add(node);
    }

    void nodeChanged(String node) {
        cured.addAll(BY_NODES);
        gaining.add(node);
    }

    void namespaceChanged() {
        cured.addAll(BY_NAMESPACES);
    }

    void profilesChanged() {
        cured.add(Objection.Kind.NO_PROFILE);
    }

    void volumesChanged() {
        cured.add(Objection.Kind.VOLUME);
    }

    /** A pod of a group came, or a group changed. */
    void groupChanged() {
        cured.add(Objection.Kind.GANG);
    }

    boolean none() {
        return gaining.isEmpty() && cured.isEmpty();
    }

    void clear() {
        gaining.clear();
        cured.clear();
    }

    /** The pods for which room is kept on nodes that gained some. */
    List<String> nominated(ClusterImage image) {
        return gaining.stream().flatMap(name -> image.node(name).stream())
                .flatMap(node -> node.nominated().stream()).map(PodFacts::key).toList();
    }

    /** How many pods that ask what this one asks may be helped; it is read again, for the cluster has changed. */
    long helped(PodFacts parked, Set<Objection.Kind> causes, ClusterImage image) {
        for (var cause : causes) {
            if (cured.contains(cause)) {
                return Long.MAX_VALUE;
            }
        }
        if (gaining.isEmpty()) {
            return 0;
        }
        var pod = image.read(parked.pod());
        long helped = 0;
        for (String name : gaining) {
            helped += image.node(name).filter(node -> pod.needs().allows(node.facts())
                    && node.hasRoomFor(pod) && node.portsFree(pod.ask().ports())).map(node -> times(pod, node))
                    .orElse(0L);
        }
        return helped;
    }

    /** How often there is room for such a pod. */
    private static long times(PodFacts pod, NodeSlot node) {
        long times = Long.MAX_VALUE / 1024;
        long[] amounts = pod.demand().amounts();
        for (int i = 0; i < amounts.length; i++) {
            times = amounts[i] > 0 ? Math.min(times, node.free(i) / amounts[i]) : times;
        }
        return Math.max(times, 1);
    }
}
