package dev.starling.node.cri;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what nothing tells of. */
final class Waiting {
    private static final long PAUSE_MILLIS = 5;
    private static final long RETRY_MILLIS = 20;

    private Waiting() {}

    /** Asks every few milliseconds. Answers false when the limit has passed. */
    static boolean until(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end || !pauseFor(PAUSE_MILLIS)) {
                return false;
            }
        }
        return true;
    }

    /** A pause before the next attempt, longer after each. */
    static void pause(int attempt) {
        pauseFor(RETRY_MILLIS << attempt);
    }

    /** Answers false when it is interrupted. */
    static boolean pauseFor(long millis) {
        try {
            return !new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
