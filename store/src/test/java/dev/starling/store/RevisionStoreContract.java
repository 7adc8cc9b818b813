package dev.starling.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every store does. A subclass says how to open one that is empty. */
@Timeout(30)
public abstract class RevisionStoreContract {
    private final TickingClock clock = new TickingClock();
    private final List<RevisionStore<String>> opened = new ArrayList<>();

    protected abstract RevisionStore<String> open(StoreSettings settings, InstantSource clock);

    @AfterEach
    void closeAll() {
        opened.forEach(RevisionStore::close);
    }

    private RevisionStore<String> open() {
        return open(StoreSettings.defaults());
    }

    private RevisionStore<String> open(StoreSettings settings) {
        var store = open(settings, clock);
        opened.add(store);
        return store;
    }

    private static long put(RevisionStore<String> store, String key, String value) {
        return store.commit(Write.put(key, _ -> value));
    }

    private static List<String> keys(Page<String> page) {
        return page.entries().stream().map(Entry::key).toList();
    }

    private static List<String> drain(Changes<String> changes) {
        var seen = new ArrayList<String>();
        for (var next = changes.poll(); next.isPresent(); next = changes.poll()) {
            var change = next.get();
            seen.add(change.revision() + ":" + change.key() + ":"
                    + change.previous().map(Entry::value).orElse("-") + ">"
                    + change.current().map(Entry::value).orElse("-"));
        }
        return seen;
    }

    @Test
    void startsEmptyAtRevisionOne() {
        var store = open();
        assertEquals(1, store.revision());
        assertEquals(1, store.compactedRevision());
        assertEquals(new Page<String>(List.of(), 1, 0), store.range(RangeQuery.prefix("")));
        assertEquals(Optional.empty(), store.get("a"));
    }

    @Test
    void givesEachWriteTheNextRevision() {
        var store = open();
        assertEquals(2, store.commit(Write.create("a", revision -> "v" + revision)));
        assertEquals(Optional.of(new Entry<>("a", "v2", 2, 2)), store.get("a"));
        assertEquals(3, store.commit(Write.update("a", 2, revision -> "v" + revision)));
        assertEquals(Optional.of(new Entry<>("a", "v3", 2, 3)), store.get("a"));
        assertEquals(4, store.commit(Write.delete("a", 3)));
        assertEquals(Optional.empty(), store.get("a"));
        assertEquals(5, store.commit(Write.create("a", revision -> "v" + revision)));
        assertEquals(Optional.of(new Entry<>("a", "v5", 5, 5)), store.get("a"));
        assertEquals(5, store.revision());
    }

    @Test
    void creatingWhatExistsIsAConflictThatShowsIt() {
        var store = open();
        put(store, "a", "first");
        var conflict = assertThrows(ConflictException.class, () -> store.commit(Write.create("a", _ -> "second")));
        assertEquals(Optional.of(new Entry<>("a", "first", 2, 2)), conflict.current());
        assertEquals(2, store.revision());
    }

    @Test
    void writingOverAnotherRevisionIsAConflict() {
        var store = open();
        put(store, "a", "first");
        put(store, "a", "second");
        assertThrows(ConflictException.class, () -> store.commit(Write.update("a", 2, _ -> "third")));
        assertThrows(ConflictException.class, () -> store.commit(Write.delete("a", 2)));
        var absent = assertThrows(ConflictException.class, () -> store.commit(Write.update("b", 2, _ -> "third")));
        assertEquals(Optional.empty(), absent.current());
        assertEquals("second", store.get("a").orElseThrow().value());
        assertEquals(3, store.revision());
    }

    @Test
    void deletingNothingIsAConflict() {
        var store = open();
        assertThrows(ConflictException.class, () -> store.commit(Write.delete("a")));
        assertEquals(1, store.revision());
    }

    @Test
    void aValueThatCannotBeMadeFailsItsCallerAlone() {
        var store = open();
        var thrown = assertThrows(IllegalStateException.class, () -> store.commit(Write.create("a", _ -> {
            throw new IllegalStateException("no value");
        })));
        assertEquals("no value", thrown.getMessage());
        assertEquals(2, put(store, "b", "fine"));
    }

    @Test
    void refusesKeysThatAreNoText() {
        assertThrows(IllegalArgumentException.class, () -> Write.delete(""));
        assertThrows(IllegalArgumentException.class, () -> Write.delete("a\uD800"));
    }

    @Test
    void rangesInTheOrderOfUtf8Bytes() {
        var store = open();
        var ordered = List.of("a", "a/", "a/b", "a0", "é", "\uFFFD", "\uD83D\uDE00");
        ordered.reversed().forEach(key -> put(store, key, ""));
        assertEquals(ordered, keys(store.range(RangeQuery.prefix(""))));
        assertEquals(List.of("a/", "a/b"), keys(store.range(RangeQuery.prefix("a/"))));
        assertEquals(List.of("\uD83D\uDE00"), keys(store.range(RangeQuery.prefix("").after("\uFFFD"))));
        assertEquals(List.of(), keys(store.range(RangeQuery.prefix("a/").after("b"))));
        assertEquals(List.of("a/", "a/b"), keys(store.range(RangeQuery.prefix("a/").after("a"))));
    }

    @Test
    void pagesThroughOneRevisionWhileTheWorldGoesOn() {
        var store = open();
        for (int i = 0; i < 5; i++) {
            put(store, "p/" + i, "old");
        }
        var first = store.range(RangeQuery.prefix("p/").limitedTo(2));
        put(store, "p/4", "new");
        store.commit(Write.delete("p/2"));
        put(store, "p/9", "new");
        assertTrue(first.more());
        assertEquals(3, first.remaining());
        var rest = store.range(RangeQuery.prefix("p/").after("p/1").at(first.revision()));
        assertEquals(List.of("p/2", "p/3", "p/4"), keys(rest));
        assertEquals("old", rest.entries().getLast().value());
        assertFalse(rest.more());
        assertEquals(first.revision(), rest.revision());
        assertEquals(List.of("p/0", "p/1", "p/3", "p/4", "p/9"), keys(store.range(RangeQuery.prefix("p/"))));
    }

    @Test
    void readsWhatAKeyWas() {
        var store = open();
        put(store, "a", "first");
        put(store, "a", "second");
        store.commit(Write.delete("a"));
        put(store, "a", "third");
        assertEquals(Optional.empty(), store.get("a", 1));
        assertEquals("first", store.get("a", 2).orElseThrow().value());
        assertEquals(new Entry<>("a", "second", 2, 3), store.get("a", 3).orElseThrow());
        assertEquals(Optional.empty(), store.get("a", 4));
        assertEquals(new Entry<>("a", "third", 5, 5), store.get("a", 5).orElseThrow());
    }

    @Test
    void refusesTheFuture() {
        var store = open();
        var future = assertThrows(FutureRevisionException.class, () -> store.get("a", 2));
        assertEquals(1, future.newestRevision());
        assertThrows(FutureRevisionException.class, () -> store.range(RangeQuery.prefix("").at(2)));
        assertThrows(FutureRevisionException.class, () -> store.changes("", 2));
        assertThrows(FutureRevisionException.class, () -> store.compact(2));
    }

    @Test
    void compactionForgetsHistoryButNotWhatIsThere() {
        var store = open();
        put(store, "a", "first");
        put(store, "b", "first");
        put(store, "a", "second");
        store.commit(Write.delete("b"));
        store.compact(4);
        assertEquals(4, store.compactedRevision());
        assertEquals(4, assertThrows(CompactedException.class, () -> store.get("a", 3)).compactedRevision());
        assertThrows(CompactedException.class, () -> store.range(RangeQuery.prefix("").at(3)));
        assertThrows(CompactedException.class, () -> store.changes("", 3));
        assertEquals(List.of("a", "b"), keys(store.range(RangeQuery.prefix("").at(4))));
        assertEquals("second", store.get("a", 4).orElseThrow().value());
        store.compact(3);
        assertEquals(4, store.compactedRevision());
        store.compact(5);
        assertEquals(List.of("a"), keys(store.range(RangeQuery.prefix("").at(5))));
        assertEquals(6, put(store, "b", "third"));
        assertEquals(6, store.get("b").orElseThrow().createRevision());
    }

    @Test
    void showsChangesAfterARevisionAndThenLive() {
        var store = open();
        put(store, "p/a", "1");
        put(store, "p/a", "2");
        put(store, "q/a", "1");
        try (var changes = store.changes("p/", 2)) {
            assertEquals(List.of("3:p/a:1>2"), drain(changes));
            assertEquals(4, changes.revision());
            store.commit(Write.delete("p/a"));
            put(store, "p/b", "1");
            assertEquals(List.of("5:p/a:2>-", "6:p/b:->1"), drain(changes));
        }
    }

    @Test
    void wakesAReaderForWhatConcernsIt() {
        var store = open();
        put(store, "p/a", "1");
        var woken = new AtomicInteger();
        try (var changes = store.changes("p/", 1)) {
            changes.onReady(woken::incrementAndGet);
            assertEquals(1, woken.get(), "a change waits already");
            drain(changes);
            put(store, "q/a", "1");
            put(store, "p/b", "1");
            Await.until("woken", () -> woken.get() == 2);
            assertEquals(1, drain(changes).size());
        }
        put(store, "p/c", "1");
        assertEquals(2, woken.get(), "a closed reader sleeps");
    }

    @Test
    void aReaderThatFailsHarmsNobodyElse() {
        var store = open();
        var changes = store.changes("", 1);
        changes.onReady(() -> {
            throw new IllegalStateException("a bug of the reader, provoked by a test");
        });
        assertEquals(2, put(store, "a", "1"));
        assertEquals(3, put(store, "a", "2"));
    }

    @Test
    void cutsOffAReaderThatIsTooSlow() {
        var store = open(StoreSettings.defaults().withHistory(10, Duration.ofMinutes(5)));
        var slow = store.changes("p/", 1);
        for (int i = 0; i < 30; i++) {
            put(store, "p/a", "" + i);
        }
        Await.until("compacted", () -> store.compactedRevision() > 1);
        assertThrows(OverrunException.class, slow::poll);
        assertThrows(OverrunException.class, slow::poll);
        assertEquals(1, store.counters().overruns());
    }

    @Test
    void silenceDoesNotCutAReaderOff() {
        var store = open(StoreSettings.defaults().withHistory(10, Duration.ofMinutes(5)));
        var quiet = store.changes("p/", 1);
        for (int i = 0; i < 30; i++) {
            put(store, "q/a", "" + i);
        }
        Await.until("compacted", () -> store.compactedRevision() > 1);
        assertEquals(Optional.empty(), quiet.poll());
        put(store, "p/a", "1");
        assertEquals(List.of("32:p/a:->1"), drain(quiet));
    }

    @Test
    void keepsTheNewestChangesAndForgetsOlderOnesByItself() {
        var store = open(StoreSettings.defaults().withHistory(16, Duration.ofMinutes(5)));
        for (int i = 0; i < 200; i++) {
            put(store, "a", "" + i);
            long oldest = store.compactedRevision();
            assertTrue(store.revision() - oldest <= 20, "history is bounded");
            assertTrue(oldest == 1 || store.revision() - oldest >= 16, "history is kept");
        }
    }

    @Test
    void forgetsWhatIsOldByItself() {
        var store = open(StoreSettings.defaults().withHistory(1_000, Duration.ofMinutes(5)));
        put(store, "a", "1");
        put(store, "a", "2");
        clock.putForward(Duration.ofMinutes(6));
        put(store, "a", "3");
        Await.until("compacted", () -> store.compactedRevision() == 3);
        assertEquals("2", store.get("a", 3).orElseThrow().value());
    }

    @Test
    void aRidingWriteIsCommittedInTheEnd() {
        var store = open();
        assertEquals(2, store.commit(Write.<String>create("a", _ -> "1").riding()));
        assertEquals("1", store.get("a").orElseThrow().value());
    }

    @Test
    void losesNoUpdateAmongManyWriters() throws Exception {
        var store = open();
        put(store, "count", "0");
        int writers = 8;
        int each = 50;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < writers; i++) {
                threads.submit(() -> {
                    for (int n = 0; n < each; n++) {
                        increment(store);
                    }
                });
            }
        }
        assertEquals("" + writers * each, store.get("count").orElseThrow().value());
        assertEquals(2 + writers * each, store.revision());
    }

    private static void increment(RevisionStore<String> store) {
        while (true) {
            var now = store.get("count").orElseThrow();
            var next = "" + (Integer.parseInt(now.value()) + 1);
            try {
                store.commit(Write.update("count", now.revision(), _ -> next));
                return;
            } catch (ConflictException lost) {
                assertTrue(lost.current().orElseThrow().revision() > now.revision());
            }
        }
    }

    @Test
    void readersSeeWholeRevisionsWhileHistoryIsForgotten() throws Exception {
        var store = open(StoreSettings.defaults().withHistory(4, Duration.ofMinutes(5)));
        for (int i = 0; i < 20; i++) {
            put(store, "p/" + i, "0");
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var writing = threads.submit(() -> {
                for (int i = 0; i < 400; i++) {
                    put(store, "p/" + i % 20, "" + i);
                }
            });
            while (!writing.isDone()) {
                var page = store.range(RangeQuery.prefix("p/"));
                assertEquals(20, page.entries().size());
                assertTrue(page.entries().stream().allMatch(entry -> entry.revision() <= page.revision()));
                assertTrue(page.entries().stream().anyMatch(entry -> entry.revision() == page.revision()));
            }
            writing.get();
        }
    }

    @Test
    void aClosedStoreTakesNoWritesButCanBeRead() {
        var store = open();
        put(store, "a", "1");
        store.close();
        assertThrows(StoreClosedException.class, () -> put(store, "a", "2"));
        assertEquals("1", store.get("a").orElseThrow().value());
    }
}
