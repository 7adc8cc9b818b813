package dev.starling.control.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the pods that are placed have to do with where one more may go, worked out for one pod at one moment.
 *
 * @param rules in the order in which upstream's scheduler asks
 */
record Constraints(List<Rule> rules, List<Wish> wishes) {
    static final Constraints NONE = new Constraints(List.of(), List.of());
    private static final long SPREAD_WEIGHT = 100;

    static Constraints of(PodFacts pod, ClusterImage image) {
        var terms = pod.ask().terms();
        var holders = image.books().holders(pod.who());
        if (holders.isEmpty() && terms == PodTerms.NONE && pod.ask().spreads().isEmpty()) {
            return NONE;
        }
        var made = new Constraints(new ArrayList<>(), new ArrayList<>());
        pod.ask().spreads().forEach(spread -> made.spread(spread, pod, image));
        made.affinity(terms, pod, image);
        for (var avoided : terms.avoided()) {
            made.rules.add(new Rule(counter(avoided, image).tally(), Rule.Range.NONE, true, Objection.ANTI_AFFINITY,
                    Objection.ANTI_AFFINITY));
        }
        for (var wish : terms.wishes()) {
            made.wishes.add(new Wish(counter(wish, image).tally(), wish.weight(), 0, 1, 0));
        }
        holders.forEach(made::heed);
        return made;
    }

    /** Whether pods that come can make a node fit that did not. */
    boolean mayLoosen() {
        return rules.stream().anyMatch(Rule::loosens);
    }

    private static Counter counter(Holder.Key term, ClusterImage image) {
        return image.books().counter(new Counter.Key(term.pods(), term.topology(), Optional.empty()));
    }

    private void spread(Spread spread, PodFacts pod, ClusterImage image) {
        var counter = image.books().counter(spread.counted());
        if (!spread.required()) {
            wishes.add(new Wish(counter.tally(), -SPREAD_WEIGHT, counter.least(), spread.most(),
                    -SPREAD_WEIGHT * Score.THOUSAND));
            return;
        }
        long least = counter.domains() < spread.fewest() ? 0 : counter.least();
        long self = spread.selects(pod.who(), image.namespaces()) ? 1 : 0;
        rules.add(new Rule(counter.tally(), new Rule.Range(0, spread.most() + least - self), false, Objection.SPREAD,
                Objection.SPREAD_LABEL));
    }

    /** The first of pods that want each other near may go anywhere. */
    private void affinity(PodTerms terms, PodFacts pod, ClusterImage image) {
        var counters = terms.affinity().stream().map(topology -> image.books().counter(
                new Counter.Key(terms.companions(), topology, Optional.empty()))).toList();
        boolean first = counters.stream().allMatch(counter -> counter.tally().total() == 0)
                && terms.companions().selects(pod.who(), image.namespaces());
        for (var counter : counters) {
            rules.add(new Rule(counter.tally(), first ? Rule.Range.ANY : Rule.Range.SOME, false,
                    Objection.POD_AFFINITY, Objection.POD_AFFINITY));
        }
    }

    private void heed(Holder holder) {
        if (holder.key().bans()) {
            rules.add(new Rule(holder.tally(), Rule.Range.NONE, true, Objection.EXISTING_ANTI_AFFINITY,
                    Objection.EXISTING_ANTI_AFFINITY));
        } else {
            wishes.add(new Wish(holder.tally(), holder.key().weight(), 0, 1, 0));
        }
    }
}
