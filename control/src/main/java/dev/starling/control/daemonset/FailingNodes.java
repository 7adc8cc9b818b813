package dev.starling.control.daemonset;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * On which nodes the pods of one DaemonSet keep failing: after each failure the node rests for longer, from 1 s to 15
 * minutes, and twice the longest rest without failure ends that. Owned by the worker that has the set's key.
 */
final class FailingNodes {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private record Rest(Instant since, Duration length) {
    }

    private final Map<String, Rest> rests = new HashMap<>(); // bounded by the nodes that failed of late

    /** How much longer a node rests; zero for one that does not. */
    Duration left(String node, Instant now) {
        var left = Optional.ofNullable(rests.get(node))
                .map(rest -> Duration.between(now, rest.since().plus(rest.length()))).orElse(Duration.ZERO);
        return left.isNegative() ? Duration.ZERO : left;
    }

    void failed(String node, Instant now) {
        rests.values().removeIf(rest -> rest.since().plus(LONGEST.multipliedBy(2)).isBefore(now));
        var length = Optional.ofNullable(rests.get(node)).map(rest -> rest.length().multipliedBy(2)).orElse(FIRST);
        rests.put(node, new Rest(now, length.compareTo(LONGEST) < 0 ? length : LONGEST));
    }
}
