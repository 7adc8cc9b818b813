package dev.starling.kube.informer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WorkQueueTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private final WorkQueue<String> queue = new WorkQueue<>();

    @Test
    void holdsAKeyOnceHoweverOftenItIsAdded() {
        queue.add("a");
        queue.add("a");
        assertEquals(Optional.of("a"), queue.take(START));
        assertEquals(Optional.empty(), queue.take(START));
    }

    @Test
    void givesAKeyOutAgainOnlyAfterItsWorkIsDone() {
        queue.add("a");
        queue.take(START);
        queue.add("a");
        assertEquals(Optional.empty(), queue.take(START));
        queue.done("a");
        assertEquals(Optional.of("a"), queue.take(START));
    }

    @Test
    void holdsADelayedKeyUntilTheEarliestTime() {
        queue.addAt("a", START.plusSeconds(9));
        queue.addAt("a", START.plusSeconds(3));
        assertEquals(Optional.of(START.plusSeconds(3)), queue.nextDue());
        assertEquals(Optional.empty(), queue.take(START.plusSeconds(2)));
        assertEquals(Optional.of("a"), queue.take(START.plusSeconds(3)));
        queue.done("a");
        assertEquals(Optional.empty(), queue.take(START.plusSeconds(9)));
    }

    @Test
    void keepsOneDelayOfAKeyHoweverOftenItIsDueEarlier() {
        for (int i = 9; i > 0; i--) {
            queue.addAt("a", START.plusSeconds(i));
        }
        assertEquals(1, queue.waiting());
        queue.addAfterFailure("b", START);
        assertEquals(2, queue.waiting());
        assertEquals(1, queue.retries());
    }

    @Test
    void doublesThePauseAfterFailuresUntilSuccess() {
        for (int i = 0; i < 4; i++) {
            queue.addAfterFailure("a", START);
            queue.take(START.plus(Duration.ofMinutes(5)));
            queue.done("a");
        }
        queue.addAfterFailure("a", START);
        assertEquals(Optional.of(START.plusMillis(80)), queue.nextDue());
        queue.succeeded("a");
        queue.addAfterFailure("b", START);
        assertEquals(Optional.of(START.plusMillis(5)), queue.nextDue());
    }
}
