package dev.starling.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SinceTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    @ParameterizedTest
    @CsvSource({"2h, 2026-01-31T10:00:00Z", "90s, 2026-01-31T11:58:30Z", "1d12h, 2026-01-30T00:00:00Z",
        "2026-01-30, 2026-01-30T00:00:00Z", "2026-01-31T09:00:00+01:00, 2026-01-31T08:00:00Z",
        "2026-01-31T08:00:00.5Z, 2026-01-31T08:00:00.5Z"})
    void readsTimesDatesAndDurations(String text, Instant expected) {
        assertEquals(expected, Since.parse(text, NOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "2", "h", "2h ago", "-2h", "2026-13-01", "2026-01-31T08:00:00", "12:00"})
    void refusesAnythingElse(String text) {
        assertThrows(UsageException.class, () -> Since.parse(text, NOW));
    }
}
