package dev.starling.node.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.starling.kube.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProbeStateTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final ProbeSpec SPEC = ProbeSpec.of(JsonObject.of("periodSeconds", 5, "failureThreshold", 2));

    @Test
    void failsOnlyAfterAsManyFailuresAsTheThresholdSays() {
        var state = ProbeState.first(SPEC, START);
        state = state.after(SPEC, ProbeKind.LIVENESS, false, START);
        assertEquals(Optional.empty(), state.verdict());
        assertEquals(START.plusSeconds(5), state.dueAt());
        state = state.after(SPEC, ProbeKind.LIVENESS, false, START.plusSeconds(5));
        assertEquals(Optional.of(false), state.verdict());
    }

    @Test
    void asksForReadinessEarlyWithoutCountingEarlyFailures() {
        var state = ProbeState.first(SPEC, START).after(SPEC, ProbeKind.READINESS, false, START);
        assertEquals(1, state.failures());
        assertEquals(START.plusMillis(50), state.dueAt());
        assertFalse(state.counts(state.dueAt()));
        state = state.after(SPEC, ProbeKind.READINESS, false, state.dueAt());
        assertEquals(1, state.failures());
        assertEquals(START.plusMillis(150), state.dueAt());
        state = state.after(SPEC, ProbeKind.READINESS, true, state.dueAt());
        assertEquals(Optional.of(true), state.verdict());
    }

    @Test
    void aSuccessForgetsFailures() {
        var state = ProbeState.first(SPEC, START).after(SPEC, ProbeKind.LIVENESS, false, START)
                .after(SPEC, ProbeKind.LIVENESS, true, START.plusSeconds(5))
                .after(SPEC, ProbeKind.LIVENESS, false, START.plusSeconds(10));
        assertEquals(Optional.of(true), state.verdict());
    }

    @Test
    void failsAsOftenAsAThresholdAllows() {
        var patient = ProbeSpec.of(JsonObject.of("periodSeconds", 1, "failureThreshold", Integer.MAX_VALUE));
        var state = ProbeState.first(patient, START);
        for (int i = 0; i < 1_000; i++) {
            state = state.after(patient, ProbeKind.STARTUP, false, state.dueAt());
        }
        assertEquals(Optional.empty(), state.verdict());
        var last = state.dueAt();
        assertEquals(last.plusSeconds(1), state.after(patient, ProbeKind.STARTUP, false, last).dueAt());
    }

    @Test
    void waitsForTheInitialDelay() {
        var delayed = ProbeSpec.of(JsonObject.of("initialDelaySeconds", 7));
        assertEquals(START.plus(Duration.ofSeconds(7)), ProbeState.first(delayed, START).dueAt());
    }
}
