package dev.starling.store;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A store that lives as long as its process. It needs no thread: callers commit for each other, and a riding write has
 * nothing to wait for.
 */
public final class MemoryStore<V> implements RevisionStore<V> {
    private final Image<V> image = new Image<>(Image.EMPTY_REVISION);
    private final GroupCommit<V> group;

    /** The holder steps for all. This is a baton rather than a lock on memory: readers are woken while it is held. */
    private final ReentrantLock stepping = new ReentrantLock();

    public MemoryStore(StoreSettings settings, InstantSource clock) {
        var unhurried = settings.withRideTime(Duration.ZERO);
        this.group = new GroupCommit<>(image, CommitLog.none(), unhurried, clock);
    }

    @Override
    public long revision() {
        return image.revision();
    }

    @Override
    public long compactedRevision() {
        return image.compactedRevision();
    }

    @Override
    public Optional<Entry<V>> get(String key) {
        return image.entry(key);
    }

    @Override
    public Optional<Entry<V>> get(String key, long revision) {
        return image.entry(key, revision);
    }

    @Override
    public Page<V> range(RangeQuery query) {
        return image.range(query);
    }

    @Override
    public long commit(Write<V> write) {
        return run(write);
    }

    @Override
    public Changes<V> changes(String prefix, long afterRevision) {
        return group.feed().open(prefix, afterRevision);
    }

    @Override
    public void compact(long revision) {
        run(new Compaction<>(revision));
    }

    private long run(Task<V> task) {
        var pending = group.submit(task);
        stepping.lock();
        try {
            while (!pending.answered()) {
                group.step();
            }
        } finally {
            stepping.unlock();
        }
        return pending.await();
    }

    @Override
    public void probe(Duration most) {
        run(new Probe<>());
    }

    @Override
    public StoreCounters counters() {
        return group.counters();
    }

    @Override
    public void close() {
        group.close();
    }
}
