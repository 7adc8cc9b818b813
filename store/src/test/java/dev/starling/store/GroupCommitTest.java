package dev.starling.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Steps the commit writer by hand, on a log that notes each append and can fail. */
@Timeout(20)
final class GroupCommitTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final InstantSource clock = now::get;
    private final Image<String> image = new Image<>(Image.EMPTY_REVISION);
    private final NotingLog log = new NotingLog(image);
    private final GroupCommit<String> group = group(StoreSettings.defaults());

    private GroupCommit<String> group(StoreSettings settings) {
        return new GroupCommit<>(image, log, settings, clock);
    }

    private Pending<Task<String>> submit(String key, String value) {
        return group.submit(Write.put(key, _ -> value));
    }

    @Test
    void neighboursShareOneForce() {
        var pending = new ArrayList<Pending<Task<String>>>();
        for (int i = 0; i < 100; i++) {
            pending.add(submit("k" + i, "v"));
        }
        assertFalse(pending.getFirst().answered());
        group.step();
        assertEquals(List.of(100), log.appends);
        assertEquals(2, pending.getFirst().await());
        assertEquals(101, pending.getLast().await());
        assertEquals(1, group.counters().forces());
        assertEquals(100, group.counters().commits());
    }

    @Test
    void nothingIsVisibleBeforeItIsDurable() {
        var reader = group.feed().open("", 1);
        submit("a", "v");
        log.whileAppending = () -> {
            assertEquals(1, image.revision());
            assertTrue(image.entry("a").isEmpty());
            assertTrue(reader.poll().isEmpty());
        };
        group.step();
        assertEquals(List.of(1), log.appends);
        assertEquals(2, reader.poll().orElseThrow().revision());
    }

    @Test
    void aWriteSeesItsNeighbourBeforeIt() {
        var first = group.submit(Write.create("a", _ -> "1"));
        var second = group.submit(Write.create("a", _ -> "2"));
        var third = group.submit(Write.update("a", 2, _ -> "3"));
        group.step();
        assertEquals(2, first.await());
        var conflict = assertThrows(ConflictException.class, second::await);
        assertEquals(2, conflict.current().orElseThrow().revision());
        assertEquals(3, third.await());
        assertEquals("3", image.entry("a").orElseThrow().value());
    }

    @Test
    void aProbeTellsWhetherTheDiskTakesWritesWhateverItsNeighboursHear() {
        submit("a", "v");
        var sound = group.submit(new Probe<>());
        group.step();
        sound.await(Duration.ofSeconds(1));
        assertEquals(1, log.probes);
        log.refuses = true;
        var refused = group.submit(new Probe<>());
        var neighbour = group.submit(Write.create("a", _ -> "w"));
        group.step();
        assertThrows(StoreUnavailableException.class, () -> refused.await(Duration.ofSeconds(1)));
        assertThrows(ConflictException.class, neighbour::await);
        var stuck = group.submit(new Probe<>());
        assertThrows(StoreUnavailableException.class, () -> stuck.await(Duration.ofMillis(5)));
    }

    @Test
    void aRidingWriteWaitsForANeighbour() {
        var rider = group.submit(Write.<String>put("event", _ -> "v").riding());
        group.step();
        assertFalse(rider.answered());
        var neighbour = submit("a", "v");
        group.step();
        assertEquals(2, rider.await());
        assertEquals(3, neighbour.await());
        assertEquals(List.of(2), log.appends);
    }

    @Test
    void aRidingWriteWithoutNeighbourGoesAfterItsTime() {
        var rider = group.submit(Write.<String>put("event", _ -> "v").riding());
        now.set(now.get().plusMillis(99));
        group.step();
        assertFalse(rider.answered());
        now.set(now.get().plusMillis(1));
        group.step();
        assertEquals(2, rider.await());
    }

    @Test
    void ridingWritesThatFillTheQueueGoAtOnce() {
        var small = group(StoreSettings.defaults().withQueuedWrites(2));
        var first = small.submit(Write.<String>put("a", _ -> "v").riding());
        small.step();
        assertFalse(first.answered());
        small.submit(Write.<String>put("b", _ -> "v").riding());
        small.step();
        assertTrue(first.answered());
    }

    @Test
    void aFailedAppendFailsAllAndShowsNothing() {
        submit("a", "old");
        group.step();
        log.refuses = true;
        var first = submit("a", "new");
        var conflicting = group.submit(Write.create("a", _ -> "x"));
        group.step();
        assertThrows(StoreUnavailableException.class, first::await);
        assertThrows(StoreUnavailableException.class, conflicting::await);
        assertEquals("old", image.entry("a").orElseThrow().value());
        assertEquals(2, image.revision());
        assertEquals(1, group.counters().failures());
        log.refuses = false;
        var later = submit("a", "later");
        group.step();
        assertEquals(4, later.await(), "revision 3 may have reached the disk, so it is never given again");
    }

    @Test
    void revisionsThatAFailureTookAwayCannotBeCompactedTo() {
        submit("a", "old");
        group.step();
        log.refuses = true;
        submit("a", "new");
        group.step();
        var compaction = group.submit(new Compaction<>(3));
        group.step();
        assertThrows(FutureRevisionException.class, compaction::await);
        assertEquals(1, image.compactedRevision(), "no reader finds a revision at or above one beyond the newest");
    }

    @Test
    void aBugLeavesNoCallerWaiting() {
        var pending = submit("a", "v");
        log.whileAppending = () -> {
            throw new IllegalStateException("a bug");
        };
        assertThrows(IllegalStateException.class, group::step);
        assertThrows(StoreClosedException.class, pending::await);
    }

    @Test
    void aFullQueueHoldsCallersBackAndCountsThem() throws Exception {
        var small = group(StoreSettings.defaults().withQueuedWrites(1));
        small.submit(Write.put("a", _ -> "1"));
        var held = Thread.ofVirtual().start(() -> small.submit(Write.put("b", _ -> "2")));
        Await.until("held back", () -> small.counters().queueFull() == 1);
        Await.until("waiting", () -> held.getState() == Thread.State.WAITING);
        assertEquals(1, small.counters().queued());
        small.step();
        held.join();
        small.step();
        assertEquals("2", image.entry("b").orElseThrow().value());
    }

    @Test
    void closingEndsWaitingAndHeldBackCallers() throws Exception {
        var small = group(StoreSettings.defaults().withQueuedWrites(1));
        var waiting = small.submit(Write.put("a", _ -> "1"));
        var outcome = new AtomicReference<Throwable>();
        var held = Thread.ofVirtual().uncaughtExceptionHandler((_, thrown) -> outcome.set(thrown))
                .start(() -> small.submit(Write.put("b", _ -> "2")));
        Await.until("held back", () -> small.counters().queueFull() == 1);
        small.close();
        held.join();
        assertThrows(StoreClosedException.class, waiting::await);
        assertEquals(StoreClosedException.class, outcome.get().getClass());
    }

    @Test
    void aBatchIsBoundedInBytes() {
        var small = group(new StoreSettings(10, Duration.ofMinutes(5), 100, 20, Duration.ZERO));
        for (int i = 0; i < 4; i++) {
            small.submit(Write.put("k" + i, _ -> "ten bytes."));
        }
        small.step();
        small.step();
        assertEquals(List.of(2, 2), log.appends);
    }

    @Test
    void compactionTellsTheLogWhatNobodyCanRead() {
        submit("a", "1");
        submit("a", "2");
        group.submit(Write.delete("a"));
        submit("b", "1");
        group.step();
        group.submit(new Compaction<>(5));
        group.step();
        assertEquals(List.of(2L, 3L, 4L), log.forgotten.stream().sorted().toList());
    }

    private static final class NotingLog implements CommitLog<String> {
        private final Image<String> image;
        final List<Integer> appends = new ArrayList<>();
        final List<Long> forgotten = new ArrayList<>();
        Runnable whileAppending = () -> {};
        boolean refuses;
        int probes;

        NotingLog(Image<String> image) {
            this.image = image;
        }

        @Override
        public Frame frame(Change<String> change) {
            var text = change.current().map(Entry::value).orElse("");
            return new Frame(change.revision(), StringCodec.UTF_8.encode(text));
        }

        @Override
        public void append(List<Frame> frames) {
            assertTrue(frames.getFirst().revision() > image.revision());
            whileAppending.run();
            if (refuses) {
                throw new StoreUnavailableException("no room, provoked by a test", new IllegalStateException());
            }
            appends.add(frames.size());
        }

        @Override
        public void probe() {
            probes++;
            if (refuses) {
                throw new StoreUnavailableException("no room, provoked by a test", new IllegalStateException());
            }
        }

        @Override
        public void forget(long compactedRevision, List<Long> revisions) {
            forgotten.addAll(revisions);
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
