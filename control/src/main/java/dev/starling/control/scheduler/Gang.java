package dev.starling.control.scheduler;

import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides on the waiting pods of one PodGroup together: as many as its {@code minCount} get a place, or none does.
 * Other pods of the group get one if there is room. Nobody is preempted for a gang. What it tries on the image it takes
 * back. Source: KEP-4671, gang scheduling.
 */
record Gang(Placer placer, ClusterImage image) {

    /** The group that a pod names, as {@code namespace/name}. */
    static Optional<String> of(KubeObject pod) {
        String name = pod.spec().text("schedulingGroup", "podGroupName");
        return name.isEmpty() ? Optional.empty() : Optional.of(pod.namespace() + "/" + name);
    }

    /** The fewest pods that start together; 1 for a group that is no gang. */
    static long minCount(KubeObject group) {
        return Math.max(1, group.spec().at("schedulingPolicy", "gang", "minCount").number(1));
    }

    /** A group that is not there, or not all of whose pods are, lets its pods wait. */
    static Optional<String> incomplete(String group, Optional<KubeObject> found, long pods) {
        if (found.isEmpty()) {
            return Optional.of("waiting for pod's pod group \"" + group.substring(group.indexOf('/') + 1)
                    + "\" to appear in scheduling queue");
        }
        return pods >= minCount(found.get()) ? Optional.empty()
                : Optional.of("waiting for minCount pods from a gang to appear in scheduling queue");
    }

    static Decision waits(PodFacts pod, String why) {
        return new Decision.Refuse(pod, why, Set.of(Objection.Kind.GANG), "");
    }

    /**
     * One decision for each.
     *
     * @param pods that wait, the first ones first
     * @param placed how many of the group have a place already
     */
    List<Decision> decide(List<PodFacts> pods, long placed, long minCount) {
        var decisions = new ArrayList<Decision>();
        var tried = new ArrayList<PodFacts>();
        try {
            for (var pod : pods) {
                var decision = placer.decide(pod);
                decisions.add(decision);
                if (decision instanceof Decision.Bind bind) {
                    image.assume(pod, bind.node());
                    tried.add(pod);
                }
            }
        } finally {
            tried.forEach(pod -> image.forget(pod.key()));
        }
        boolean enough = placed + tried.size() >= minCount;
        String together = "minCount (" + minCount + ") cannot be satisfied: " + (placed + tried.size())
                + " scheduled, " + (pods.size() - tried.size()) + " without a node";
        return decisions.stream().map(decision -> enough ? alone(decision) : refused(decision, decisions, together))
                .toList();
    }

    private static Decision alone(Decision decision) {
        return decision instanceof Decision.Preempt preempt ? refused(preempt, preempt.why()) : decision;
    }

    /** A pod that would have had a place says why the others had none. */
    private static Decision refused(Decision decision, List<Decision> all, String together) {
        return refused(decision, together + ". " + all.stream().flatMap(other -> why(other).stream()).findFirst()
                .orElse(""));
    }

    private static Decision refused(Decision decision, String why) {
        var causes = EnumSet.of(Objection.Kind.GANG, Objection.Kind.RESOURCE);
        if (decision instanceof Decision.Refuse refuse) {
            causes.addAll(refuse.causes());
        }
        return new Decision.Refuse(decision.facts(), why, causes, "");
    }

    private static Optional<String> why(Decision decision) {
        return switch (decision) {
            case Decision.Bind bind -> Optional.empty();
            case Decision.Refuse refuse -> Optional.of(refuse.why());
            case Decision.Preempt preempt -> Optional.of(preempt.why());
        };
    }
}
