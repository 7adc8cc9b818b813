package dev.starling.apiserver.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import dev.starling.store.Changes;
import dev.starling.store.Entry;
import dev.starling.store.MemoryStore;
import dev.starling.store.Page;
import dev.starling.store.RangeQuery;
import dev.starling.store.RevisionStore;
import dev.starling.store.StoreCounters;
import dev.starling.store.StoreSettings;
import dev.starling.store.Write;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommitterTest {

    /** Remembers which writes may wait for a neighbour. */
    private record Listening(RevisionStore<KubeObject> store, List<Boolean> riding)
            implements RevisionStore<KubeObject> {
        @Override
        public long revision() {
            return store.revision();
        }

        @Override
        public long compactedRevision() {
            return store.compactedRevision();
        }

        @Override
        public Optional<Entry<KubeObject>> get(String key) {
            return store.get(key);
        }

        @Override
        public Optional<Entry<KubeObject>> get(String key, long revision) {
            return store.get(key, revision);
        }

        @Override
        public Page<KubeObject> range(RangeQuery query) {
            return store.range(query);
        }

        @Override
        public long commit(Write<KubeObject> write) {
            riding.add(write.rides());
            return store.commit(write);
        }

        @Override
        public Changes<KubeObject> changes(String prefix, long afterRevision) {
            return store.changes(prefix, afterRevision);
        }

        @Override
        public void compact(long revision) {
            store.compact(revision);
        }

        @Override
        public void probe(Duration most) {
            store.probe(most);
        }

        @Override
        public StoreCounters counters() {
            return store.counters();
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @Test
    void whatRidesOnItsWayInDoesNotWaitOnItsWayOut() {
        var kind = Kind.of(ServedResource.stored(Kinds.EVENTS), new KindRules() {
            @Override
            public boolean rides() {
                return true;
            }
        });
        var memory = new MemoryStore<KubeObject>(StoreSettings.defaults(), InstantSource.system());
        try (var store = new Listening(memory, new ArrayList<>())) {
            var committer = new Committer(store);
            var key = Kinds.EVENTS.key("default", "e");
            committer.create(kind, key, KubeObject.named(Kinds.EVENTS, "default", "e"));
            committer.replace(kind, committer.entry(kind, key).orElseThrow(),
                    KubeObject.named(Kinds.EVENTS, "default", "e").with("again", "message"));
            assertTrue(committer.remove(kind, committer.entry(kind, key).orElseThrow()));
            assertEquals(List.of(true, true, false), store.riding());
        }
    }
}
