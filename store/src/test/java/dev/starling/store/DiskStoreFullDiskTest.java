package dev.starling.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real file system without room: a small one in memory, which takes root to mount. */
@Timeout(60)
final class DiskStoreFullDiskTest {

    @TempDir
    Path mountPoint;

    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "mounting a small disk takes root");
        var exit = run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", mountPoint.toString());
        Assumptions.assumeTrue(exit == 0, "this machine mounts no tmpfs");
        mounted = true;
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertEquals(0, run("umount", mountPoint.toString()));
        }
    }

    private static int run(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        assertTrue(process.waitFor(10, TimeUnit.SECONDS));
        return process.exitValue();
    }

    private DiskStore<String> open() {
        return DiskStore.open(
                mountPoint.resolve("store"), StringCodec.UTF_8, StoreSettings.defaults(), InstantSource.system());
    }

    private void fill() {
        var chunk = new byte[64 << 10];
        for (int i = 0; ; i++) {
            try {
                Files.write(mountPoint.resolve("filler-" + i), chunk);
            } catch (IOException full) {
                assertTrue(String.valueOf(full.getMessage()).contains("No space"), full.toString());
                return;
            }
        }
    }

    private void makeRoom() throws IOException {
        try (var files = Files.list(mountPoint)) {
            for (var filler : files.filter(file -> file.getFileName().toString().startsWith("filler-")).toList()) {
                Files.delete(filler);
            }
        }
    }

    @Test
    void staysReadableWhenTheDiskIsFullAndWritesAgainWhenThereIsRoom() throws Exception {
        var acknowledged = new TreeMap<String, Long>();
        var refused = new TreeSet<String>();
        try (var store = open()) {
            write(store, "first").accept(acknowledged, refused);
            while (refused.size() < 6) {
                fill();
                write(store, "k" + (acknowledged.size() + refused.size())).accept(acknowledged, refused);
            }
            assertEquals(6, store.counters().failures());
            checkAll(store, acknowledged, refused);
            makeRoom();
            write(store, "later").accept(acknowledged, refused);
            assertTrue(store.get("later").isPresent());
            assertEquals(1 + acknowledged.size() + refused.size(), store.revision(),
                    "a revision that may be on disk is not given again");
        }
        try (var store = open()) {
            checkAll(store, acknowledged, refused);
            write(store, "again").accept(acknowledged, refused);
            checkAll(store, acknowledged, refused);
        }
    }

    private static BiConsumer<Map<String, Long>, Set<String>> write(RevisionStore<String> store, String key) {
        var value = "x".repeat(200_000);
        try {
            long revision = store.commit(Write.put(key, _ -> value));
            return (acknowledged, _) -> acknowledged.put(key, revision);
        } catch (StoreUnavailableException full) {
            assertTrue(full.getMessage().contains("No space"), full.getMessage());
            assertFalse(full.getMessage().contains("\n"), full.getMessage());
            return (_, refused) -> refused.add(key);
        }
    }

    /** What was acknowledged is there, and what was refused does not come back. */
    private static void checkAll(RevisionStore<String> store, Map<String, Long> acknowledged, Set<String> refused) {
        acknowledged.forEach((key, revision) -> assertEquals(revision, store.get(key).orElseThrow().revision()));
        refused.forEach(key -> assertTrue(store.get(key).isEmpty(), key));
        assertEquals(Collections.max(acknowledged.values()), store.revision());
    }

    @Test
    void aProbeFailsWhileTheDiskIsFull() throws Exception {
        try (var store = open()) {
            store.probe(Duration.ofSeconds(10));
            fill();
            assertThrows(StoreUnavailableException.class, () -> store.probe(Duration.ofSeconds(10)));
            makeRoom();
            store.probe(Duration.ofSeconds(10));
        }
    }

    @Test
    void saysSoWhenAFullDiskHasNoRoomForAStore() throws Exception {
        fill();
        assertThrows(StoreUnavailableException.class, this::open);
        makeRoom();
        open().close();
    }
}
