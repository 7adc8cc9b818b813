package dev.starling.control.scheduler;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Finds a node where pods that matter less can make room: as few as possible, those that matter least, and budgets are
 * broken only where nothing else helps. What it tries on the image it takes back.
 */
final class Preemption {
    private static final int MOST_CANDIDATES = 100;
    /** The important first, then those that run longest. */
    private static final Comparator<PodFacts> IMPORTANCE = Comparator
            .comparingLong((PodFacts pod) -> -pod.priority()).thenComparing(PodFacts::started);

    /** What has to end on a node. */
    private record Plan(NodeSlot node, List<PodFacts> victims, long broken) {
        long highest() {
            return victims.stream().mapToLong(PodFacts::priority).max().orElse(Long.MIN_VALUE);
        }

        /** As upstream does, so that more pods weigh more whatever the sign of their priorities. */
        long sum() {
            return victims.stream().mapToLong(pod -> pod.priority() + Integer.MAX_VALUE + 1L).sum();
        }

        Instant earliestOfHighest() {
            return victims.stream().filter(pod -> pod.priority() == highest()).map(PodFacts::started)
                    .min(Comparator.naturalOrder()).orElse(Instant.MAX);
        }
    }

    private static final Comparator<Plan> BEST = Comparator.comparingLong(Plan::broken)
            .thenComparingLong(Plan::highest).thenComparingLong(Plan::sum)
            .thenComparingInt(plan -> plan.victims().size())
            .thenComparing(Plan::earliestOfHighest, Comparator.reverseOrder());

    private final PodFacts pod;
    private final ClusterImage image;
    private final Supplier<Budgets> budgets;
    private final TreeMap<String, Integer> reasons = new TreeMap<>();
    private final Map<String, PodFacts> away = new LinkedHashMap<>(); // taken from the node that is looked at

    private Preemption(PodFacts pod, ClusterImage image, Supplier<Budgets> budgets) {
        this.pod = pod;
        this.image = image;
        this.budgets = budgets;
    }

    /** A decision for a pod that no node takes. */
    static Decision decide(PodFacts pod, Diagnosis diagnosis, ClusterImage image, Supplier<Budgets> budgets) {
        var preemption = new Preemption(pod, image, budgets);
        var unable = preemption.unable();
        if (unable.isPresent()) {
            return refuse(pod, diagnosis, " preemption: " + unable.get(),
                    image.nomination(pod).map(NodeSlot::name).orElse(""));
        }
        var nodes = diagnosis.preemptible();
        var plan = preemption.best(nodes);
        if (plan.isPresent()) {
            return new Decision.Preempt(pod, plan.get().node().name(), plan.get().victims(), diagnosis.reasons());
        }
        int hopeless = image.present() - nodes.size();
        if (hopeless > 0) {
            preemption.reasons.put("Preemption is not helpful for scheduling", hopeless);
        }
        String why = image.present() == 0 ? "" : " preemption: 0/" + image.present() + " nodes are available: "
                + preemption.reasons.entrySet().stream().map(e -> e.getValue() + " " + e.getKey()).sorted()
                        .collect(Collectors.joining(", ")) + ".";
        return refuse(pod, diagnosis, why, "");
    }

    private static Decision refuse(PodFacts pod, Diagnosis diagnosis, String preemption, String nominated) {
        return new Decision.Refuse(pod, diagnosis.reasons() + preemption + diagnosis.remedy(), diagnosis.causes(),
                nominated);
    }

    /** Why a pod may not ask others to make room. */
    private Optional<String> unable() {
        if (pod.pod().spec().text("preemptionPolicy").equals("Never")) {
            return Optional.of("not eligible due to preemptionPolicy=Never.");
        }
        boolean underWay = image.nomination(pod).stream().flatMap(node -> node.pods().stream())
                .anyMatch(other -> image.isEnding(other) && other.priority() < pod.priority());
        return underWay ? Optional.of("not eligible due to a terminating pod on the nominated node.")
                : Optional.empty();
    }

    private Optional<Plan> best(List<NodeSlot> nodes) {
        int most = Math.max(MOST_CANDIDATES, nodes.size() / 10);
        var plans = new ArrayList<Plan>();
        for (var node : nodes) {
            if (plans.size() < most) {
                plan(node).ifPresent(plans::add);
            }
        }
        return plans.stream().min(BEST);
    }

    private Optional<Plan> plan(NodeSlot node) {
        var lesser = node.pods().stream().filter(other -> other.priority() < pod.priority())
                .sorted(IMPORTANCE).toList();
        if (lesser.isEmpty()) {
            reasons.merge("No preemption victims found for incoming pod", 1, Integer::sum);
            return Optional.empty();
        }
        try {
            lesser.forEach(other -> take(other, node));
            if (fits(node)) {
                return Optional.of(spare(node, lesser));
            }
            Diagnosis.objections(pod, image, node)
                    .forEach(objection -> reasons.merge(objection.text(), 1, Integer::sum));
            return Optional.empty();
        } finally {
            List.copyOf(away.values()).forEach(other -> lay(other, node));
        }
    }

    private void take(PodFacts other, NodeSlot node) {
        image.take(other, node);
        away.put(other.key(), other);
    }

    private void lay(PodFacts other, NodeSlot node) {
        image.lay(other, node);
        away.remove(other.key());
    }

    /** Lays back whom it can, first those whose end would break a budget; who stays away is a victim. */
    private Plan spare(NodeSlot node, List<PodFacts> lesser) {
        var breaking = budgets.get().broken(lesser);
        var victims = new ArrayList<PodFacts>();
        lesser.stream().filter(breaking::contains).filter(other -> !spared(other, node)).forEach(victims::add);
        long broken = victims.size();
        lesser.stream().filter(other -> !breaking.contains(other)).filter(other -> !spared(other, node))
                .forEach(victims::add);
        return new Plan(node, victims.stream().sorted(IMPORTANCE).toList(), broken);
    }

    private boolean spared(PodFacts other, NodeSlot node) {
        lay(other, node);
        if (fits(node)) {
            return true;
        }
        take(other, node);
        return false;
    }

    private boolean fits(NodeSlot node) {
        return Search.fits(pod, Constraints.of(pod, image), node);
    }
}
