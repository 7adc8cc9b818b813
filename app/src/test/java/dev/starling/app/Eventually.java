package dev.starling.app;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Awaits what happens elsewhere, with a deadline that only a fault reaches. */
final class Eventually {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int GLANCE_MS = 50;

    private Eventually() {
    }

    static void holds(String what, BooleanSupplier condition) {
        see(what, () -> condition.getAsBoolean() ? "yes" : "no", "yes"::equals);
    }

    /** The first value that is as wished; the failure tells the last one seen. */
    static String see(String what, Supplier<String> look, Predicate<String> wished) {
        return see(what, LIMIT, look, wished);
    }

    static String see(String what, Duration limit, Supplier<String> look, Predicate<String> wished) {
        long end = System.nanoTime() + limit.toNanos();
        Optional<String> seen = Optional.empty();
        while (seen.isEmpty() || System.nanoTime() < end) {
            seen = Optional.of(look.get());
            if (wished.test(seen.get())) {
                return seen.get();
            }
            pause();
        }
        return fail("not within " + limit.toSeconds() + " s: " + what + "; last seen: " + seen.orElse("nothing"));
    }

    private static void pause() {
        try {
            new CountDownLatch(1).await(GLANCE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
