package dev.starling.billing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.JsonObject;
import dev.starling.store.CorruptStoreException;
import dev.starling.store.Journal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LedgerTest {
    private static final JsonObject RECEIPT = JsonObject.of("total", 41.5);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00.123456Z");

    @TempDir
    Path folder;

    private static UsageSpan span(String uid, long revision) {
        return new UsageSpan(uid, "default", "web-" + uid, "fp-default", 100, 64 << 20, START, Optional.empty(),
                revision, 0, JsonObject.EMPTY);
    }

    @Test
    void countsASpanOnceHoweverOftenItIsTold() {
        try (var ledger = new Ledger(Journal.open(folder.resolve("ledger"), InstantSource.system()))) {
            ledger.open(span("a", 5));
            ledger.open(span("a", 9));
            ledger.close("a", START.plusSeconds(10), 11, RECEIPT);
            ledger.close("a", START.plusSeconds(99), 12, RECEIPT);
            ledger.open(span("a", 13));
            assertEquals(List.of(span("a", 5).closed(START.plusSeconds(10), 11, RECEIPT)), ledger.spans());
            assertEquals(11, ledger.revision());
        }
    }

    @Test
    void keepsEverySpanOverARestart() {
        try (var ledger = new Ledger(Journal.open(folder.resolve("ledger"), InstantSource.system()))) {
            ledger.open(span("a", 5));
            ledger.open(span("b", 6));
            ledger.close("a", START.plusMillis(1500), 7, RECEIPT);
        }
        try (var ledger = new Ledger(Journal.open(folder.resolve("ledger"), InstantSource.system()))) {
            assertEquals(List.of(span("a", 5).closed(START.plusMillis(1500), 7, RECEIPT), span("b", 6)),
                    ledger.spans());
            assertEquals(7, ledger.revision());
            assertTrue(ledger.find("b").orElseThrow().isOpen());
        }
    }

    @Test
    void refusesARecordThatIsNoSpan() {
        try (var journal = Journal.open(folder.resolve("ledger"), InstantSource.system())) {
            journal.append("{\"uid\":\"a\"}".getBytes());
        }
        try (var journal = Journal.open(folder.resolve("ledger"), InstantSource.system())) {
            assertThrows(CorruptStoreException.class, () -> new Ledger(journal));
        }
    }

    @Test
    void countsOnlyTheTimeWithinAWindow() {
        var span = span("a", 1).closed(START.plusSeconds(100), 2, RECEIPT);
        assertEquals(Duration.ofSeconds(60), span.within(START.plusSeconds(40), START.plusSeconds(500)));
        assertEquals(Duration.ofSeconds(20), span.within(START.minusSeconds(9), START.plusSeconds(20)));
        assertEquals(Duration.ZERO, span.within(START.plusSeconds(100), START.plusSeconds(500)));
    }
}
