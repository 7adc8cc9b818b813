package dev.starling.control.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The search for the best node for one pod at one moment. */
final class Search {
    private final PodFacts pod;
    private final Constraints constraints;
    private final List<Rule> fineRules = new ArrayList<>(0); // those that the group at hand does not answer
    private final List<Wish> fineWishes = new ArrayList<>(0);
    private final List<Wish> begun = new ArrayList<>(0); // those whose nodes were looked at already
    private long mostFine;
    private long best = Score.WORST;
    private Optional<NodeSlot> chosen = Optional.empty();

    private Search(PodFacts pod, Constraints constraints) {
        this.pod = pod;
        this.constraints = constraints;
    }

    /** The best node that takes the pod, if any does. */
    static Optional<NodeSlot> best(PodFacts pod, Constraints constraints, ClusterImage image) {
        if (!pod.demand().unoffered().isEmpty()) {
            return Optional.empty();
        }
        var search = new Search(pod, constraints);
        var names = pod.needs().names();
        if (names.isPresent()) {
            image.named(names.get()).stream().filter(node -> pod.needs().allows(node.facts()))
                    .forEach(search::alone);
            return search.chosen;
        }
        search.begin(image);
        for (var group : image.index(pod.needs()).groups()) {
            search.group(group);
        }
        return search.chosen;
    }

    /** Whether a node takes the pod. */
    static boolean fits(PodFacts pod, Constraints constraints, NodeSlot node) {
        if (!node.present() || !pod.needs().allows(node.facts())) {
            return false;
        }
        var search = new Search(pod, constraints);
        search.alone(node);
        return search.chosen.isPresent();
    }

    /**
     * Where few fine domains have pods that this one wishes near, their nodes are looked at first: no other node can
     * have anything of that wish.
     */
    private void begin(ClusterImage image) {
        for (var wish : constraints.wishes()) {
            var tally = wish.tally();
            if (wish.weight() > 0 && !tally.topology().coarse() && tally.filled() <= tally.topology().size() / 2) {
                tally.near(place -> {
                    var node = image.nodes().get(place);
                    if (node.present() && pod.needs().allows(node.facts())) {
                        alone(node);
                    }
                });
                begun.add(wish);
            }
        }
    }

    private void alone(NodeSlot node) {
        fineRules.clear();
        fineRules.addAll(constraints.rules());
        fineWishes.clear();
        fineWishes.addAll(constraints.wishes());
        var needs = pod.needs();
        offer(node, Score.wishes(Score.THOUSAND * needs.wishes(node.facts())) + needs.images(node.facts())
                + Score.free(node) - Score.taken(pod.demand(), NodeIndex.Size.of(node.facts())));
    }

    private void group(NodeIndex.Group group) {
        fineRules.clear();
        for (var rule : constraints.rules()) {
            var domain = group.domain(rule.tally().topology());
            if (domain.isEmpty()) {
                fineRules.add(rule);
            } else if (!rule.admits(domain.get())) {
                return;
            }
        }
        fineWishes.clear();
        long worth = 0;
        long most = 0;
        for (var wish : constraints.wishes()) {
            var domain = group.domain(wish.tally().topology());
            if (domain.isEmpty()) {
                fineWishes.add(wish);
                most += begun.contains(wish) ? 0 : wish.most();
            } else {
                worth += wish.worth(domain.get());
            }
        }
        mostFine = Score.wishes(most);
        group.tree().search(this, Score.wishes(worth) - Score.taken(pod.demand(), group.size()));
    }

    long[] demand() {
        return pod.demand().amounts();
    }

    /** Whether nothing with at most this score can be better than what was found, whatever its own domains give. */
    boolean hopeless(long score) {
        return score + mostFine <= best;
    }

    /** Takes a node if it is the best so far. The score is without what the node's own domains give. */
    void offer(NodeSlot node, long score) {
        int place = node.place();
        for (var rule : fineRules) {
            if (!rule.admits(rule.tally().topology().domain(place))) {
                return;
            }
        }
        long worth = 0;
        for (var wish : fineWishes) {
            worth += wish.worth(wish.tally().topology().domain(place));
        }
        long total = score + Score.wishes(worth);
        if (total > best && node.hasRoomFor(pod) && node.portsFree(pod.ask().ports())) {
            best = total;
            chosen = Optional.of(node);
        }
    }
}
