package dev.starling.control.autoscaler;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Quantity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How fast an autoscaler may scale: {@code spec.behavior}, with the defaults of Kubernetes where it says nothing.
 * Immutable and pure.
 */
record Behavior(Rules up, Rules down) {
    private static final List<Policy> DEFAULT_UP =
            List.of(new Policy(false, 4, Duration.ofSeconds(15)), new Policy(true, 100, Duration.ofSeconds(15)));
    private static final List<Policy> DEFAULT_DOWN = List.of(new Policy(true, 100, Duration.ofSeconds(15)));
    private static final Duration DOWN_WINDOW = Duration.ofMinutes(5);

    /** Which of several policies counts. */
    enum Select { MAX, MIN, DISABLED }

    /** At most so many pods, or percent, in a period. */
    record Policy(boolean percent, long value, Duration period) {
    }

    /** The rules of one direction. */
    record Rules(List<Policy> policies, Select select, Duration window, double tolerance) {
        Rules {
            policies = List.copyOf(policies);
        }

        static Rules from(JsonObject json, List<Policy> policies, Duration window) {
            var given = json.array("policies").objects().stream().map(p -> new Policy(p.text("type").equals("Percent"),
                    p.at("value").number(0), Duration.ofSeconds(p.at("periodSeconds").number(15)))).toList();
            var select = switch (json.text("selectPolicy")) {
                case "Min" -> Select.MIN;
                case "Disabled" -> Select.DISABLED;
                default -> Select.MAX;
            };
            var seconds = json.at("stabilizationWindowSeconds");
            return new Rules(given.isEmpty() ? policies : given, select,
                    seconds.isNull() ? window : Duration.ofSeconds(seconds.number(0)),
                    Quantity.tryParse(json.text("tolerance")).map(q -> q.value().doubleValue()).orElse(0.1));
        }
    }

    static Behavior from(JsonObject behavior) {
        return new Behavior(Rules.from(behavior.object("scaleUp"), DEFAULT_UP, Duration.ZERO),
                Rules.from(behavior.object("scaleDown"), DEFAULT_DOWN, DOWN_WINDOW));
    }

    ResourceUsage.Tolerance tolerance() {
        return new ResourceUsage.Tolerance(up.tolerance(), down.tolerance());
    }

    /** The most replicas that may be had now. */
    int most(int current, History history, Instant now) {
        return switch (up.select()) {
            case DISABLED -> current;
            case MAX -> Math.max(current, up.policies().stream()
                    .mapToInt(p -> above(p, history.atStart(current, p.period(), now))).max().orElse(current));
            case MIN -> Math.max(current, up.policies().stream()
                    .mapToInt(p -> above(p, history.atStart(current, p.period(), now))).min().orElse(current));
        };
    }

    private static int above(Policy policy, int start) {
        return (int) Math.min(Integer.MAX_VALUE, policy.percent()
                ? Math.ceilDiv(start * (100 + policy.value()), 100L) : start + policy.value());
    }

    /** The fewest replicas that may be had now. */
    int fewest(int current, History history, Instant now) {
        return switch (down.select()) {
            case DISABLED -> current;
            case MAX -> Math.min(current, down.policies().stream()
                    .mapToInt(p -> below(p, history.atStart(current, p.period(), now))).min().orElse(current));
            case MIN -> Math.min(current, down.policies().stream()
                    .mapToInt(p -> below(p, history.atStart(current, p.period(), now))).max().orElse(current));
        };
    }

    private static int below(Policy policy, int start) {
        return (int) Math.max(0, policy.percent()
                ? Math.floorDiv(start * (100 - policy.value()), 100L) : start - policy.value());
    }
}
