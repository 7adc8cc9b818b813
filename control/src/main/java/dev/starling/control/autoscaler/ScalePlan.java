package dev.starling.control.autoscaler;

import dev.starling.control.workload.Conditions;
import dev.starling.control.workload.Conditions.Said;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How many replicas an autoscaler wants now, and what it says of it. Pure: what it wanted before comes in as history
 * and goes out as history. The rules and words are those of upstream's horizontal controller; {@code behavior} always
 * applies, with its defaults where it is absent.
 *
 * @param replicas to scale to; the current number where nothing is to be done
 * @param reason of the change, as its event tells it
 * @param failures metrics that could not be computed, by the reason of their event
 */
record ScalePlan(int replicas, String reason, Conditions conditions, JsonArray currentMetrics, History history,
        List<MetricException> failures) {
    private static final String ABLE = "AbleToScale";
    private static final String ACTIVE = "ScalingActive";
    private static final String LIMITED = "ScalingLimited";

    /**
     * What an autoscaler sees.
     *
     * @param replicas that the scale asks for now
     */
    record Sight(KubeObject autoscaler, int replicas, ResourceUsage.Sight pods, History history) {
    }

    static ScalePlan of(Sight sight, Instant now) {
        return new Draft(sight, now).plan();
    }

    /** Collects the parts of a plan. */
    private static final class Draft {
        private final Sight sight;
        private final Instant now;
        private final JsonObject spec;
        private final int current;
        private final int least;
        private final int most;
        private final Behavior behavior;
        private final List<Proposal> proposals = new ArrayList<>();
        private final List<MetricException> failures = new ArrayList<>();
        private Conditions conditions;
        private History history;

        Draft(Sight sight, Instant now) {
            this.sight = sight;
            this.now = now;
            this.spec = sight.autoscaler().spec();
            this.current = sight.replicas();
            this.least = (int) spec.at("minReplicas").number(1);
            this.most = (int) spec.at("maxReplicas").number(1);
            this.behavior = Behavior.from(spec.object("behavior"));
            this.conditions = Conditions.of(sight.autoscaler().status());
            this.history = sight.history().wishes().isEmpty()
                    ? sight.history().wishing(current, now) : sight.history();
        }

        ScalePlan plan() {
            say(Said.yes(ABLE, "SucceededGetScale",
                    "the HPA controller was able to get the target's current scale"));
            if (current == 0 && least != 0) {
                say(Said.no(ACTIVE, "ScalingDisabled",
                        "scaling is disabled since the replica count of the target is zero"));
                return keep();
            }
            if (current > most) {
                return to(most, "Current number of replicas above Spec.MaxReplicas");
            }
            if (current < least) {
                return to(least, "Current number of replicas below Spec.MinReplicas");
            }
            measure();
            var best = proposals.stream().max(Comparator.comparingInt(Proposal::replicas));
            boolean blind = best.isEmpty() || !failures.isEmpty() && best.get().replicas() < current;
            if (blind) {
                var failure = failures.isEmpty() ? new MetricException("InvalidMetricSourceType", "no metric is given")
                        : failures.getFirst();
                say(Said.no(ACTIVE, failure.reason(),
                        "the HPA was unable to compute the replica count: " + failure.getMessage()));
                return keep();
            }
            say(Said.yes(ACTIVE, "ValidMetricFound", "the HPA was able to successfully calculate a replica count from "
                    + best.get().words()));
            return normalize(best.get());
        }

        private void measure() {
            for (var metric : spec.array("metrics").objects()) {
                try {
                    proposals.add(ResourceUsage.propose(MetricTarget.from(metric), current, sight.pods(),
                            behavior.tolerance(), now));
                } catch (MetricException e) {
                    failures.add(e);
                }
            }
        }

        private ScalePlan normalize(Proposal best) {
            int wish = best.replicas();
            int stable = stabilize(wish);
            history = history.wishing(wish, now);
            int allowed = limit(stable);
            String reason = allowed > current ? best.words() + " above target" : "All metrics below target";
            return to(allowed, reason);
        }

        /** The most cautious wish of the window of each direction. */
        private int stabilize(int wish) {
            int up = history.wishes(behavior.up().window(), wish, now).min(Integer::compare).orElse(wish);
            int down = history.wishes(behavior.down().window(), wish, now).max(Integer::compare).orElse(wish);
            int stable = Math.min(Math.max(current, up), down);
            if (stable == wish) {
                say(Said.yes(ABLE, "ReadyForNewScale", "recommended size matches current size"));
            } else if (wish > stable) {
                say(Said.yes(ABLE, "ScaleUpStabilized", "recent recommendations were lower than current one,"
                        + " applying the lowest recent recommendation"));
            } else {
                say(Said.yes(ABLE, "ScaleDownStabilized", "recent recommendations were higher than current one,"
                        + " applying the highest recent recommendation"));
            }
            return stable;
        }

        private int limit(int stable) {
            int ceiling = behavior.most(current, history, now);
            int floor = behavior.fewest(current, history, now);
            if (stable > current && stable > Math.min(ceiling, most)) {
                say(ceiling < most ? Said.yes(LIMITED, "ScaleUpLimit",
                        "the desired replica count is increasing faster than the maximum scale rate")
                        : Said.yes(LIMITED, "TooManyReplicas",
                        "the desired replica count is more than the maximum replica count"));
                return Math.min(ceiling, most);
            }
            if (stable < current && stable < Math.max(floor, least)) {
                say(floor > least ? Said.yes(LIMITED, "ScaleDownLimit",
                        "the desired replica count is decreasing faster than the maximum scale rate")
                        : Said.yes(LIMITED, "TooFewReplicas",
                        "the desired replica count is less than the minimum replica count"));
                return Math.max(floor, least);
            }
            say(Said.no(LIMITED, "DesiredWithinRange", "the desired count is within the acceptable range"));
            return stable;
        }

        private void say(Said said) {
            conditions = conditions.with(said, now);
        }

        private ScalePlan keep() {
            return to(current, "");
        }

        private ScalePlan to(int replicas, String reason) {
            var metrics = JsonArray.of(proposals.stream().map(Proposal::current).toList());
            return new ScalePlan(replicas, reason, conditions, metrics, history, List.copyOf(failures));
        }
    }

    /** The conditions after the change was written. */
    Conditions rescaled(Instant now) {
        return conditions.with(Said.yes(ABLE, "SucceededRescale",
                "the HPA controller was able to update the target scale to " + replicas), now);
    }

    /** The conditions after the change was refused. */
    Conditions refused(String why, Instant now) {
        return conditions.with(Said.no(ABLE, "FailedUpdateScale",
                "the HPA controller was unable to update the target scale: " + why), now);
    }
}
