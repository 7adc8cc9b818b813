package dev.starling.node.agent;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a container that ended waits before it is restarted: not at all for the first time, then 10 s doubling to
 * 5 min; a container that ran for 10 min since its last restart begins anew (source: the kubelet's back-off).
 */
record CrashBackOff(Duration delay, Instant updated) {
    static final CrashBackOff NONE = new CrashBackOff(Duration.ZERO, Instant.EPOCH);
    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration FORGOTTEN = LONGEST.multipliedBy(2);

    /** When a container that ended at {@code finished} may be restarted. */
    Instant restartAt(Instant finished) {
        return forgotten(finished) ? finished : finished.plus(delay);
    }

    /** After a restart of a container that ended at {@code finished}. */
    CrashBackOff next(Instant finished, Instant now) {
        if (delay.isZero() || forgotten(finished)) {
            return new CrashBackOff(FIRST, now);
        }
        var doubled = delay.multipliedBy(2);
        return new CrashBackOff(doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST, now);
    }

    private boolean forgotten(Instant finished) {
        return Duration.between(updated, finished).compareTo(FORGOTTEN) > 0;
    }
}
