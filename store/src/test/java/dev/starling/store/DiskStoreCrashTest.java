package dev.starling.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;

/** Other processes with the folder open, and what is left of them after a kill. */
@Timeout(60)
final class DiskStoreCrashTest {
    private static final int ROUNDS = 5;
    private static final int WRITERS = 4;

    @TempDir
    Path folder;

    private record Acknowledged(String key, long revision, boolean deleted) {
        static Acknowledged of(String line) {
            var words = line.split(" ");
            return new Acknowledged(words[0], Long.parseLong(words[1]), words[2].equals("deleted"));
        }
    }

    private Process start(int writers) throws IOException {
        var classPath = Stream.of(DiskStore.class, DiskStoreCrashTest.class, RocksDB.class)
                .map(type -> Path.of(URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString())).toString())
                .collect(Collectors.joining(File.pathSeparator));
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(java, "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED", "-cp", classPath, CrashingWriter.class.getName(),
                        folder.toString(), "" + writers)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private DiskStore<String> open() {
        return DiskStore.open(folder, StringCodec.UTF_8, StoreSettings.defaults(), InstantSource.system());
    }

    @Test
    void refusesASecondProcess() throws Exception {
        var other = start(0);
        try (var lines = other.inputReader()) {
            assertEquals("open", lines.readLine());
            var locked = assertThrows(StoreLockedException.class, this::open);
            assertTrue(locked.getMessage().contains(folder.toString()), locked.getMessage());
            assertTrue(locked.getMessage().contains("process " + other.pid()), locked.getMessage());
        } finally {
            other.destroyForcibly().waitFor();
        }
        open().close();
    }

    @Test
    void aKillLosesNothingAcknowledged() throws Exception {
        var moments = new Random(20_260_101);
        long newest = 1;
        for (int round = 0; round < ROUNDS; round++) {
            var acknowledged = writeUntilKilled(50 + moments.nextInt(1_500));
            long before = newest;
            assertTrue(acknowledged.stream().allMatch(ack -> ack.revision() > before), "revisions rise");
            newest = Math.max(newest, checked(acknowledged, before));
        }
    }

    private List<Acknowledged> writeUntilKilled(int afterLines) throws Exception {
        var writer = start(WRITERS);
        try (var lines = writer.inputReader()) {
            assertEquals("open", lines.readLine());
            var acknowledged = new ArrayList<Acknowledged>();
            while (acknowledged.size() < afterLines) {
                acknowledged.add(Acknowledged.of(lines.readLine()));
            }
            // Through the handle, because the process's own method also closes what it has printed.
            writer.toHandle().destroyForcibly();
            addWholeLines(lines, acknowledged);
            return acknowledged;
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    /** What the killed process had printed; its last line may be torn. */
    private static void addWholeLines(BufferedReader lines, List<Acknowledged> acknowledged) throws IOException {
        var rest = new StringBuilder();
        for (int next = lines.read(); next >= 0; next = lines.read()) {
            rest.append((char) next);
        }
        int end = rest.lastIndexOf("\n");
        if (end > 0) {
            rest.substring(0, end).lines().map(Acknowledged::of).forEach(acknowledged::add);
        }
    }

    /** Checks a reopened store and returns its revision. */
    private long checked(List<Acknowledged> acknowledged, long before) {
        try (var store = open(); var changes = store.changes("", before)) {
            var seen = new TreeMap<Long, Change<String>>();
            for (var next = changes.poll(); next.isPresent(); next = changes.poll()) {
                seen.put(next.get().revision(), next.get());
            }
            var latest = new HashMap<String, Acknowledged>();
            for (var ack : acknowledged) {
                var change = seen.get(ack.revision());
                assertEquals(ack.key(), change.key());
                assertEquals(ack.deleted(), change.current().isEmpty());
                latest.put(ack.key(), ack);
            }
            assertTrue(seen.size() <= acknowledged.size() + WRITERS, "only writes in flight may be there as well");
            checkLatest(store, latest, seen);
            return store.revision();
        }
    }

    private static void checkLatest(
            RevisionStore<String> store, Map<String, Acknowledged> latest, TreeMap<Long, Change<String>> seen) {
        for (var ack : latest.values()) {
            boolean overtaken = seen.tailMap(ack.revision(), false).values().stream()
                    .anyMatch(change -> change.key().equals(ack.key()));
            var entry = store.get(ack.key());
            assertTrue(overtaken || entry.isEmpty() == ack.deleted());
            entry.ifPresent(found -> assertTrue(found.value().startsWith("v" + found.revision() + "-")));
        }
    }
}
