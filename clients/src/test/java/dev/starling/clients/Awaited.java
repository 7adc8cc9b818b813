package dev.starling.clients;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Awaits what the server does by itself, with a deadline that only a fault reaches. */
final class Awaited {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int GLANCE_MS = 50;

    private Awaited() {
    }

    static void holds(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                fail("not within " + LIMIT.toSeconds() + " s: " + what);
            }
            pause();
        }
    }

    static void pause() throws InterruptedException {
        new CountDownLatch(1).await(GLANCE_MS, TimeUnit.MILLISECONDS);
    }
}
