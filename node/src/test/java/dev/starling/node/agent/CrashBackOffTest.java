package dev.starling.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrashBackOffTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void doublesFromTenSecondsToFiveMinutes() {
        var waits = new ArrayList<Long>();
        var backOff = CrashBackOff.NONE;
        var finished = START;
        for (int i = 0; i < 8; i++) {
            var restart = backOff.restartAt(finished);
            waits.add(Duration.between(finished, restart).toSeconds());
            backOff = backOff.next(finished, restart);
            finished = restart.plusSeconds(1);
        }
        assertEquals(List.of(0L, 10L, 20L, 40L, 80L, 160L, 300L, 300L), waits);
    }

    @Test
    void forgetsAfterTenMinutesOfRunning() {
        var backOff = CrashBackOff.NONE.next(START, START).next(START, START);
        var finished = START.plusSeconds(601);
        assertEquals(finished, backOff.restartAt(finished));
        assertEquals(Duration.ofSeconds(10), backOff.next(finished, finished).delay());
    }
}
