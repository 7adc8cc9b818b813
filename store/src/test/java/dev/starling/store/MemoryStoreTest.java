package dev.starling.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MemoryStoreTest {

    @Test
    void needsNoThreadToCommit() {
        try (var store = new MemoryStore<String>(StoreSettings.defaults(), InstantSource.system());
                var changes = store.changes("a/", 1)) {
            assertEquals(2, store.commit(Write.create("a/b", revision -> "v" + revision)));
            assertEquals("v2", store.get("a/b").orElseThrow().value());
            assertEquals(List.of("a/b"), store.range(RangeQuery.prefix("a/")).entries().stream()
                    .map(Entry::key).toList());
            assertEquals(2, changes.poll().orElseThrow().revision());
        }
    }
}
