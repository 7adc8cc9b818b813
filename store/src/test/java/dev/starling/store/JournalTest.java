package dev.starling.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class JournalTest {

    @TempDir
    Path folder;

    private Journal open() {
        return Journal.open(folder.resolve("ledger"), InstantSource.system());
    }

    private static byte[] number(int n) {
        return ByteBuffer.allocate(4).putInt(n).array();
    }

    private static List<Integer> numbers(Journal journal) {
        var found = new ArrayList<Integer>();
        journal.replay(bytes -> found.add(ByteBuffer.wrap(bytes).getInt()));
        return found;
    }

    @Test
    void keepsRecordsInOrderOverARestart() {
        try (var journal = open()) {
            journal.append(number(1));
            journal.append(number(2));
            assertEquals(List.of(1, 2), numbers(journal));
        }
        try (var journal = open()) {
            journal.append(number(3));
            assertEquals(List.of(1, 2, 3), numbers(journal));
        }
    }

    @Test
    void keepsWhatManyWritersAppend() {
        int writers = 50;
        try (var journal = open()) {
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                IntStream.range(0, writers).forEach(n -> threads.submit(() -> journal.append(number(n))));
            }
            assertEquals(IntStream.range(0, writers).boxed().toList(), numbers(journal).stream().sorted().toList());
        }
    }

    @Test
    void refusesToBeOpenedTwice() {
        try (var journal = open()) {
            var locked = assertThrows(StoreLockedException.class, this::open);
            assertTrue(locked.getMessage().contains("ledger"), locked.getMessage());
            journal.append(number(1));
        }
        open().close();
    }

    @Test
    void takesNothingAfterItIsClosed() {
        var journal = open();
        journal.close();
        assertThrows(StoreClosedException.class, () -> journal.append(number(1)));
    }

    @Test
    void aReaderThatFailsHarmsNobodyElse() {
        try (var journal = open()) {
            journal.append(number(1));
            assertThrows(IllegalStateException.class, () -> journal.replay(_ -> {
                throw new IllegalStateException("a bug of the reader");
            }));
            journal.append(number(2));
            assertEquals(List.of(1, 2), numbers(journal));
        }
    }

    @Test
    void tellsItsCallersThatTheDiskIsFullAndGoesOnWhenThereIsRoom() {
        var file = new FaultyFile(new byte[0]);
        var lock = ProcessLock.take(folder.resolve("lock"), folder);
        try (var journal = Journal.open(lock, "ledger", () -> file, InstantSource.system())) {
            journal.append(number(1));
            file.room(file.size());
            var full = assertThrows(StoreUnavailableException.class, () -> journal.append(number(2)));
            assertEquals("the journal ledger cannot be written: No space left on device", full.getMessage());
            file.room(Long.MAX_VALUE);
            journal.append(number(3));
            assertEquals(List.of(1, 3), numbers(journal));
        }
        var before = file.content();
        Journal.open(ProcessLock.take(folder.resolve("lock"), folder), "ledger", () -> file, InstantSource.system())
                .close();
        assertArrayEquals(before, file.content());
    }
}
