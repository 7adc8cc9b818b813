package dev.starling.apiserver.webhook;

import java.net.SocketTimeoutException;
import java.time.Duration;

/** When a whole call must be over. */
record Deadline(long nanos) {
    private static final long NANOS_PER_MS = 1_000_000;

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** At least 1. */
    int leftMs() throws SocketTimeoutException {
        long left = (nanos - System.nanoTime()) / NANOS_PER_MS;
        if (left <= 0) {
            throw new SocketTimeoutException("context deadline exceeded");
        }
        return (int) Math.min(left, Integer.MAX_VALUE);
    }
}
