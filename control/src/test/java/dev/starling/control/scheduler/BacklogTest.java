package dev.starling.control.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BacklogTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private final Backlog backlog = new Backlog();

    @Test
    void givesWhatIsDueInOrderAndOnce() {
        backlog.add("b", START);
        backlog.add("a", START);
        assertEquals(List.of("b"), backlog.take(START, 1));
        assertEquals(List.of("a"), backlog.take(START, 9));
        assertEquals(List.of(), backlog.take(START, 9));
    }

    @Test
    void parkedPodsWaitForAChangeAndTheirPause() {
        backlog.add("a", START);
        backlog.take(START, 9);
        backlog.refused("a");
        assertEquals(List.of(), backlog.take(START.plusSeconds(100), 9));
        backlog.retryAll(START.plusMillis(200));
        assertEquals(Optional.of(START.plusSeconds(1)), backlog.nextDue());
        assertEquals(List.of("a"), backlog.take(START.plusSeconds(1), 9));
        backlog.refused("a");
        backlog.retryAll(START.plusSeconds(1));
        assertEquals(Optional.of(START.plusSeconds(3)), backlog.nextDue());
    }

    @Test
    void parkedPodsAreTriedAgainAfterFiveMinutesAnyway() {
        backlog.add("a", START);
        backlog.take(START, 9);
        backlog.refused("a");
        assertEquals(Optional.of(START.plusSeconds(300)), backlog.nextDue());
        assertEquals(List.of("a"), backlog.take(START.plusSeconds(300), 9));
    }

    @Test
    void failedBindingsAreTriedAgainAfterAPauseOfAtMostTenSeconds() {
        backlog.add("a", START);
        var now = START;
        for (int i = 0; i < 10; i++) {
            now = backlog.nextDue().orElseThrow();
            assertEquals(List.of("a"), backlog.take(now, 9));
            backlog.failed("a", now);
        }
        assertEquals(Optional.of(now.plusSeconds(10)), backlog.nextDue());
    }

    @Test
    void aParkedPodWhoseRefusalCouldNotBeToldIsTriedAgain() {
        backlog.add("a", START);
        backlog.take(START, 9);
        backlog.refused("a");
        backlog.failed("a", START);
        assertEquals(Optional.of(START.plusSeconds(1)), backlog.nextDue());
    }

    @Test
    void aPodThatChangesIsDueAtOnce() {
        backlog.add("a", START);
        backlog.take(START, 9);
        backlog.refused("a");
        backlog.add("a", START);
        assertEquals(List.of("a"), backlog.take(START, 9));
        assertEquals(1, backlog.size());
        backlog.remove("a");
        assertEquals(0, backlog.size());
    }
}
