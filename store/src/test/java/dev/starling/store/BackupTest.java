package dev.starling.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BackupTest {
    @TempDir
    Path folder;

    private static DiskStore<String> open(Path folder) {
        return DiskStore.open(folder, StringCodec.UTF_8, StoreSettings.defaults(), InstantSource.system());
    }

    private static byte[] backup(RevisionStore<String> store) throws IOException {
        var out = new ByteArrayOutputStream();
        Backup.write(store, StringCodec.UTF_8, out);
        return out.toByteArray();
    }

    private byte[] written() throws IOException {
        try (var store = open(folder.resolve("old"))) {
            store.commit(Write.create("a/1", at -> "one"));
            store.commit(Write.create("a/2", at -> "two"));
            store.commit(Write.put("a/1", at -> "uno"));
            store.commit(Write.create("a/3", at -> "three"));
            store.commit(Write.delete("a/3"));
            return backup(store);
        }
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("file"), bytes);
    }

    @Test
    void bringsBackEveryEntryAndLetsTimeGoOn() throws IOException {
        long before;
        try (var store = open(folder.resolve("old"))) {
            store.commit(Write.create("a/0", at -> "zero"));
            before = store.revision();
        }
        var bytes = written();
        Backup.restore(file(bytes), folder.resolve("new"));
        try (var old = open(folder.resolve("old")); var restored = open(folder.resolve("new"))) {
            assertEquals(old.range(RangeQuery.prefix("")).entries(), restored.range(RangeQuery.prefix("")).entries());
            assertTrue(restored.revision() > old.revision() + 1_000_000);
            assertThrows(CompactedException.class, () -> restored.changes("", before));
            long next = restored.commit(Write.put("a/1", at -> "next"));
            assertTrue(next > restored.compactedRevision());
        }
        try (var again = open(folder.resolve("new"))) {
            assertEquals("next", again.get("a/1").orElseThrow().value());
        }
    }

    @Test
    void goesOnWhileOthersWriteAndShowsOneMoment() throws Exception {
        try (var store = open(folder.resolve("old"))) {
            store.commit(Write.create("x", at -> "0"));
            store.commit(Write.create("y", at -> "0"));
            var writer = Thread.ofPlatform().start(() -> {
                for (int i = 1; i < 300; i++) {
                    String value = "" + i;
                    store.commit(Write.put("x", at -> value));
                    store.commit(Write.put("y", at -> value));
                }
            });
            for (int i = 0; i < 10; i++) {
                Backup.restore(file(backup(store)), folder.resolve("new" + i));
                try (var restored = open(folder.resolve("new" + i))) {
                    int x = Integer.parseInt(restored.get("x").orElseThrow().value());
                    int y = Integer.parseInt(restored.get("y").orElseThrow().value());
                    assertTrue(x == y || x == y + 1, "x=" + x + " y=" + y);
                }
            }
            writer.join();
        }
    }

    @Test
    void refusesWhatIsCutShortOrDamagedAndLeavesTheFolderEmpty() throws IOException {
        var bytes = written();
        for (int length : List.of(0, 5, 30, bytes.length - 40, bytes.length - 1)) {
            var file = file(Arrays.copyOf(bytes, length));
            assertThrows(CorruptStoreException.class, () -> Backup.restore(file, folder.resolve("new")));
        }
        for (int at = 0; at < bytes.length; at += 7) {
            var damaged = bytes.clone();
            damaged[at] ^= 1;
            var file = file(damaged);
            assertThrows(CorruptStoreException.class, () -> Backup.restore(file, folder.resolve("new")));
        }
        assertFalse(Files.exists(folder.resolve("new")));
    }

    @Test
    void refusesAFolderThatHoldsSomething() throws IOException {
        var file = file(written());
        assertThrows(CorruptStoreException.class, () -> Backup.restore(file, folder.resolve("old")));
    }

    @Test
    void outlivesARestoreThatWasKilled() throws IOException {
        var file = file(written());
        Files.createDirectories(folder.resolve("new.restoring/rocks"));
        Files.writeString(folder.resolve("new.restoring/rocks/CURRENT"), "half");
        Backup.restore(file, folder.resolve("new"));
        try (var restored = open(folder.resolve("new"))) {
            assertEquals("two", restored.get("a/2").orElseThrow().value());
        }
    }
}
