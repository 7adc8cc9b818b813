package dev.starling.node.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CommandsTest {
    @Test
    void killsAToolThatHangs() {
        var result = Commands.attempt(Duration.ofMillis(200), "", List.of("sh", "-c", "sleep 60; true"));
        assertFalse(result.succeeded());
        assertEquals("killed, because it did not end within PT0.2S", result.output());
    }

    @Test
    void killsAToolThatReadsNothing() {
        var result = Commands.attempt(Duration.ofMillis(200), "x".repeat(1 << 20), List.of("sleep", "60"));
        assertFalse(result.succeeded());
    }

    @Test
    void answersWithWhatTheToolPrinted() {
        var result = Commands.attempt("in", List.of("sh", "-c", "cat; echo out; echo err >&2; exit 3"));
        assertEquals(3, result.exitCode());
        assertTrue(result.output().contains("inout\nerr"), result.output());
    }
}
