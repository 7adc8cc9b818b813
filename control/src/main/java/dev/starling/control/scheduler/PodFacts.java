package dev.starling.control.scheduler;

import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the scheduler reads of one pod, read once for each change.
 *
 * @param pod as the cluster holds it
 * @param ask all that its place depends on but its name
 * @param profile the Fargate profile by which it may run on a virtual node
 * @param unmade claims whose volume is made when a node is chosen
 */
record PodFacts(KubeObject pod, String key, Identity who, Ask ask, Optional<String> profile, List<String> unmade) {

    /**
     * What a pod asks. Pods with equal asks and equal labels share a decision.
     *
     * @param problem with volumes, that keeps it from every node; empty for none
     * @param priority decides who comes first, and who makes room for whom
     */
    record Ask(Demand demand, NodeNeeds needs, PodTerms terms, List<Spread> spreads, List<HostPort> ports,
            String problem, long priority) {
    }

    Demand demand() {
        return ask.demand();
    }

    NodeNeeds needs() {
        return ask.needs();
    }

    long priority() {
        return ask.priority();
    }

    boolean deleting() {
        return pod.deleting();
    }

    String uid() {
        return pod.uid();
    }

    /** Since when it runs, as far as it says. */
    Instant started() {
        return Times.parse(pod.status().text("startTime")).or(pod::created).orElse(Instant.EPOCH);
    }
}
