package dev.starling.apiserver.registry;

import dev.starling.kube.object.KubeObject;
import dev.starling.store.Changes;
import dev.starling.store.Entry;
import dev.starling.store.OverrunException;
import dev.starling.store.RangeQuery;
import dev.starling.store.RevisionStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps what is made of the stored objects of one API group as new as the store. Nothing is read before it is first
 * asked for; while nothing changes, asking costs two reads of memory. Thread-safe.
 */
public final class StoredGroup implements AutoCloseable {
    private final RevisionStore<KubeObject> store;
    private final String prefix;
    private final Fold fold;
    private final AtomicLong told = new AtomicLong(1);
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long folded; // how much of what was told is in the fold; written under the lock
    private Optional<Changes<KubeObject>> changes = Optional.empty(); // guarded by lock

    /** What is made of the objects. Called by one thread at a time. */
    public interface Fold {

        /** Forgets everything, and begins again with these objects of all kinds of the group. */
        void startOver(List<KubeObject> all);

        void changed(Optional<KubeObject> before, Optional<KubeObject> after);
    }

    public StoredGroup(RevisionStore<KubeObject> store, String group, Fold fold) {
        this.store = store;
        this.prefix = group + "/";
        this.fold = fold;
    }

    /** Every write that was answered before this call is in the fold when it returns. */
    public void catchUp() {
        if (folded == told.get()) {
            return;
        }
        lock.lock();
        try {
            long upTo = told.get();
            if (folded != upTo) {
                foldChanges();
                folded = upTo;
            }
        } finally {
            lock.unlock();
        }
    }

    private void foldChanges() {
        if (changes.isEmpty()) {
            startOver();
            return;
        }
        try {
            var reader = changes.get();
            for (var change = reader.poll(); change.isPresent(); change = reader.poll()) {
                fold.changed(change.get().previous().map(Entry::value), change.get().current().map(Entry::value));
            }
        } catch (OverrunException e) {
            startOver();
        }
    }

    private void startOver() {
        changes.ifPresent(Changes::close);
        var page = store.range(RangeQuery.prefix(prefix));
        var reader = store.changes(prefix, page.revision());
        changes = Optional.of(reader);
        fold.startOver(page.entries().stream().map(Entry::value).toList());
        reader.onReady(told::incrementAndGet);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            changes.ifPresent(Changes::close);
        } finally {
            lock.unlock();
        }
    }
}
