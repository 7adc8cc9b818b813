package dev.starling.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a folder keeps, and which folders are refused. */
@Timeout(30)
final class DiskStoreFolderTest {

    @TempDir
    Path folder;

    private DiskStore<String> open() {
        return DiskStore.open(folder, StringCodec.UTF_8, StoreSettings.defaults(), InstantSource.system());
    }

    private static void put(RevisionStore<String> store, String key, String value) {
        store.commit(Write.put(key, _ -> value));
    }

    @Test
    void keepsEntriesHistoryAndRevisionOverARestart() {
        try (var store = open()) {
            put(store, "a", "1");
            put(store, "a", "2");
            put(store, "b", "1");
            store.commit(Write.delete("a"));
        }
        try (var store = open()) {
            assertEquals(5, store.revision());
            assertEquals(Optional.empty(), store.get("a"));
            assertEquals(new Entry<>("a", "2", 2, 3), store.get("a", 4).orElseThrow());
            try (var changes = store.changes("a", 2)) {
                assertEquals("2", changes.poll().orElseThrow().current().orElseThrow().value());
                assertEquals("2", changes.poll().orElseThrow().previous().orElseThrow().value());
            }
            put(store, "c", "1");
            assertEquals(6, store.get("c").orElseThrow().revision());
        }
    }

    @Test
    void givesNoRevisionTwiceThoughTheNewestDeletionIsForgotten() {
        try (var store = open()) {
            put(store, "a", "1");
            store.commit(Write.delete("a"));
            store.compact(3);
        }
        try (var store = open()) {
            assertEquals(3, store.revision());
            put(store, "b", "1");
            store.compact(4);
            put(store, "c", "1");
            store.commit(Write.delete("b"));
            store.compact(6);
            put(store, "c", "2");
        }
        try (var store = open()) {
            assertEquals(7, store.revision());
            assertEquals(6, store.compactedRevision());
            assertEquals(1, store.range(RangeQuery.prefix("")).entries().size());
            assertEquals(new Entry<>("c", "2", 5, 7), store.get("c").orElseThrow());
        }
    }

    @Test
    void manyWritersShareForces() {
        int writers = 64;
        int each = 20;
        try (var store = open()) {
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < writers; i++) {
                    var key = "k" + i;
                    threads.submit(() -> IntStream.range(0, each).forEach(n -> put(store, key, "" + n)));
                }
            }
            var counters = store.counters();
            assertEquals(writers * each, counters.commits());
            assertTrue(counters.forces() <= counters.commits() / 4, counters.toString());
        }
    }

    @Test
    void refusesToBeOpenedTwice() {
        try (var store = open()) {
            var locked = assertThrows(StoreLockedException.class, this::open);
            assertTrue(locked.getMessage().contains(folder.toString()), locked.getMessage());
            assertTrue(locked.getMessage().contains("" + ProcessHandle.current().pid()), locked.getMessage());
            put(store, "a", "1");
        }
        open().close();
    }

    @Test
    void refusesAFolderOfSomethingElse() throws IOException {
        Files.writeString(folder.resolve("holiday.txt"), "sun");
        var refused = assertThrows(CorruptStoreException.class, this::open);
        assertTrue(refused.getMessage().contains("holiday.txt"), refused.getMessage());
        assertEquals("sun", Files.readString(folder.resolve("holiday.txt")));
    }

    @Test
    void refusesAFormatThatItDoesNotKnow() throws IOException {
        open().close();
        Files.writeString(folder.resolve("FORMAT"), "starling-store 99\n");
        var refused = assertThrows(CorruptStoreException.class, this::open);
        assertTrue(refused.getMessage().contains("starling-store 99"), refused.getMessage());
    }

    @Test
    void opensAFolderWhoseCreationWasCutShort() throws IOException {
        open().close();
        Files.delete(folder.resolve("FORMAT"));
        open().close();
        assertTrue(Files.exists(folder.resolve("FORMAT")));
    }

    @Test
    void saysWhichFolderIsCorruptAndWhatToDo() throws IOException {
        try (var store = open()) {
            put(store, "a", "1");
        }
        var manifest = onlyFile("MANIFEST-");
        var bytes = Files.readAllBytes(manifest);
        for (int i = 10; i < bytes.length; i++) {
            bytes[i] ^= 0x5a;
        }
        Files.write(manifest, bytes);
        var refused = assertThrows(CorruptStoreException.class, this::open);
        assertTrue(refused.getMessage().contains(folder.toString()), refused.getMessage());
        assertTrue(refused.getMessage().contains("restore the folder from a backup"), refused.getMessage());
        var still = assertThrows(CorruptStoreException.class, this::open);
        assertTrue(still.getMessage().contains(folder.toString()), "the failed open released the folder");
    }

    @Test
    void refusesDamagedRows() throws IOException {
        try (var store = open()) {
            put(store, "a", "1".repeat(5_000));
        }
        open().close();
        var table = onlyFile(".sst");
        var bytes = Files.readAllBytes(table);
        bytes[10] ^= 0x5a;
        Files.write(table, bytes);
        assertThrows(CorruptStoreException.class, this::open);
    }

    @Test
    void refusesAFolderThatLostItsDatabase() throws IOException {
        open().close();
        Files.delete(folder.resolve("rocks/CURRENT"));
        assertThrows(CorruptStoreException.class, this::open);
    }

    private Path onlyFile(String part) throws IOException {
        try (var files = Files.list(folder.resolve("rocks"))) {
            return files.filter(file -> file.getFileName().toString().contains(part)).findFirst().orElseThrow();
        }
    }

    @Test
    void namesTheKeyWhoseValueCannotBeRead() {
        try (var store = open()) {
            put(store, "pods/web", "malformed");
        }
        var refused = assertThrows(CorruptStoreException.class, this::open);
        assertTrue(refused.getMessage().contains("pods/web"), refused.getMessage());
        assertTrue(refused.getMessage().contains(folder.toString()), refused.getMessage());
    }
}
