package dev.starling.node.probe;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Where a probe stands: a value. Until the first success, readiness and startup are also asked early, at short and
 * growing intervals, so that a quick container is not kept waiting for a period; such early failures do not count.
 *
 * @param dueAt when to ask next
 * @param countsFrom failures before this time do not count
 * @param verdict what the thresholds have established last; empty at first
 */
public record ProbeState(Instant dueAt, Instant countsFrom, Duration early, int successes, int failures,
        Optional<Boolean> verdict) {
    private static final Duration FIRST_EARLY = Duration.ofMillis(50);

    /** A container that started at {@code started}. */
    public static ProbeState first(ProbeSpec spec, Instant started) {
        var due = started.plus(spec.initialDelay());
        return new ProbeState(due, due, FIRST_EARLY, 0, 0, Optional.empty());
    }

    public boolean due(Instant now) {
        return !now.isBefore(dueAt);
    }

    /** Whether a failure now would count. */
    public boolean counts(Instant now) {
        return !now.isBefore(countsFrom);
    }

    /** The answer of a probe that was asked at {@code asked}. */
    public ProbeState after(ProbeSpec spec, ProbeKind kind, boolean ok, Instant asked) {
        if (ok) {
            int count = successes + 1;
            return new ProbeState(asked.plus(spec.period()), asked, early, count, 0,
                    count >= spec.successThreshold() ? Optional.of(true) : verdict);
        }
        boolean eager = kind != ProbeKind.LIVENESS && verdict.isEmpty();
        boolean counted = counts(asked);
        int count = counted ? failures + 1 : failures;
        var nextCounted = counted ? asked.plus(spec.period()) : countsFrom;
        var soon = asked.plus(early);
        var due = eager && soon.isBefore(nextCounted) ? soon : nextCounted;
        return new ProbeState(due, nextCounted, longer(spec), 0, count,
                count >= spec.failureThreshold() ? Optional.of(false) : verdict);
    }

    /** The next early interval: one of a whole period is early no more. */
    private Duration longer(ProbeSpec spec) {
        return early.compareTo(spec.period()) < 0 ? early.multipliedBy(2) : early;
    }
}
