package dev.starling.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Both stores against a model that is a list of whole maps, one per revision. */
final class StoreModelTest {
    private static final StoreSettings SETTINGS = StoreSettings.defaults().withHistory(100, Duration.ofMinutes(5));
    private static final RandomGeneratorFactory<RandomGenerator> SEEDED = RandomGeneratorFactory.of("L64X128MixRandom");
    private static final List<String> KEYS = List.of("a", "a/b", "a/c", "b", "é", "\uD83D\uDE00");
    private static final int MOST_STEPS = 60;

    private enum Verb { CREATE, UPDATE_NEWEST, UPDATE_STALE, PUT, DELETE, DELETE_STALE, COMPACT, REOPEN }

    private record Step(Verb verb, String key) {}

    /** Up to 60 steps, the same for the same seed. */
    private static List<Step> steps(long seed) {
        var random = SEEDED.create(seed);
        var verbs = Verb.values();
        return IntStream.range(0, random.nextInt(MOST_STEPS + 1)).mapToObj(i ->
                new Step(verbs[random.nextInt(verbs.length)], KEYS.get(random.nextInt(KEYS.size())))).toList();
    }

    @Test
    void theStoreInMemoryDoesWhatTheModelDoes() {
        for (long seed = 1; seed <= 300; seed++) {
            var steps = steps(seed).stream().filter(step -> step.verb() != Verb.REOPEN).toList();
            try (var run = new Run(new MemoryStore<>(SETTINGS, InstantSource.system()))) {
                steps.forEach(run::step);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + steps, e);
            }
        }
    }

    @Test
    void theStoreOnDiskDoesWhatTheModelDoes() throws IOException {
        for (long seed = 1; seed <= 25; seed++) {
            var folder = Files.createTempDirectory("store-model");
            var steps = steps(seed);
            try (var run = new Run(disk(folder))) {
                steps.forEach(step -> stepOnDisk(run, step, folder));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + steps, e);
            } finally {
                delete(folder);
            }
        }
    }

    private static void stepOnDisk(Run run, Step step, Path folder) {
        if (step.verb() == Verb.REOPEN) {
            run.store.close();
            run.store = disk(folder);
            run.checkHistory();
        } else {
            run.step(step);
        }
    }

    private static RevisionStore<String> disk(Path folder) {
        return DiskStore.open(folder, StringCodec.UTF_8, SETTINGS, InstantSource.system());
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** A store beside its model. */
    private static final class Run implements AutoCloseable {
        RevisionStore<String> store;
        final TreeMap<Long, SortedMap<String, Entry<String>>> model = new TreeMap<>();
        long compacted = 1;

        Run(RevisionStore<String> store) {
            this.store = store;
            model.put(1L, new TreeMap<>(KeyOrder.UTF_8));
        }

        void step(Step step) {
            var current = Optional.ofNullable(model.lastEntry().getValue().get(step.key()));
            long newest = current.map(Entry::revision).orElse(1_000L);
            switch (step.verb()) {
                case CREATE -> write(Write.create(step.key(), Run::value), current.isEmpty());
                case UPDATE_NEWEST -> write(Write.update(step.key(), newest, Run::value), current.isPresent());
                case UPDATE_STALE -> write(Write.update(step.key(), newest - 1, Run::value), false);
                case PUT -> write(Write.put(step.key(), Run::value), true);
                case DELETE -> write(Write.delete(step.key()), current.isPresent());
                case DELETE_STALE -> write(Write.delete(step.key(), newest - 1), false);
                case COMPACT, REOPEN -> compact();
            }
            checkNewest();
        }

        private static String value(long revision) {
            return "v" + revision;
        }

        private void compact() {
            compacted = Math.max(compacted, model.lastKey() - 3);
            store.compact(compacted);
            checkHistory();
        }

        private void write(Write<String> write, boolean allowed) {
            var before = model.lastEntry().getValue();
            try {
                long revision = store.commit(write);
                assertEquals(true, allowed, "the model refuses " + write);
                assertEquals(model.lastKey() + 1, revision);
                var after = new TreeMap<>(before);
                var created = Optional.ofNullable(after.remove(write.key())).map(Entry::createRevision);
                if (write.effect() instanceof Effect.Put) {
                    long createRevision = created.orElse(revision);
                    after.put(write.key(), new Entry<>(write.key(), value(revision), createRevision, revision));
                }
                model.put(revision, after);
            } catch (ConflictException conflict) {
                assertEquals(false, allowed, "the model allows " + write);
                assertEquals(Optional.ofNullable(before.get(write.key())), conflict.current());
            }
        }

        void checkNewest() {
            check(0, model.lastKey());
        }

        void checkHistory() {
            for (long revision : model.tailMap(compacted).keySet()) {
                check(revision, revision);
            }
            var changes = store.changes("a", Math.max(compacted, store.compactedRevision()));
            var revisions = new ArrayList<Long>();
            for (var next = changes.poll(); next.isPresent(); next = changes.poll()) {
                var change = next.get();
                revisions.add(change.revision());
                var after = model.get(change.revision());
                var before = model.get(change.revision() - 1);
                assertEquals(Optional.ofNullable(before.get(change.key())), change.previous());
                assertEquals(Optional.ofNullable(after.get(change.key())), change.current());
            }
            assertEquals(revisions.stream().sorted().distinct().toList(), revisions);
            changes.close();
        }

        private void check(long asked, long revision) {
            var expected = model.get(revision);
            var page = store.range(RangeQuery.prefix("").at(asked));
            assertEquals(revision, page.revision());
            assertEquals(List.copyOf(expected.values()), page.entries());
            for (var key : List.of("a", "b", "é")) {
                assertEquals(Optional.ofNullable(expected.get(key)), store.get(key, asked));
            }
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
