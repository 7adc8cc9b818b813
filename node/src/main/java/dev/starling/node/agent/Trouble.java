package dev.starling.node.agent;

import java.time.Duration;
import java.time.Instant;

/**
 * Why a step of a pod's way did not succeed, and when it is tried again.
 *
 * @param reason as a waiting container tells it, such as {@code ErrImagePull}; empty for no trouble
 * @param times how often it failed in a row
 */
record Trouble(String reason, String message, Instant since, Instant retryAt, int times) {
    static final Trouble NONE = new Trouble("", "", Instant.EPOCH, Instant.EPOCH, 0);
    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    boolean none() {
        return times == 0;
    }

    /** Once more: tried again after a pause that doubles from 10 s to 5 min. */
    Trouble again(String why, String text, Instant now) {
        var pause = FIRST.multipliedBy(1L << Math.min(times, 10));
        return new Trouble(why, text, now, now.plus(pause.compareTo(LONGEST) < 0 ? pause : LONGEST), times + 1);
    }

    /** Once more: tried again after a fixed pause. */
    Trouble after(String why, String text, Instant now, Duration pause) {
        return new Trouble(why, text, now, now.plus(pause), times + 1);
    }

    /** As it is, but tried again at once. */
    Trouble dueNow() {
        return new Trouble(reason, message, since, Instant.EPOCH, times);
    }

    boolean due(Instant now) {
        return !now.isBefore(retryAt);
    }
}
