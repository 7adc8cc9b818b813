package dev.starling.apiserver.watch;

import dev.starling.kube.object.KubeObject;
import dev.starling.store.Change;
import dev.starling.store.Changes;
import dev.starling.store.OverrunException;
import dev.starling.store.RevisionStore;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The newest changes of one resource type. Readers hold a place in it, by sequence number; a reader whose place was
 * overwritten has lost changes. The thread that makes a commit visible fills the ring.
 */
final class ChangeRing implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ChangeRing.class.getName());
    private static final int FIRST_SIZE = 64;

    /** What stands at a place. */
    sealed interface Place {

        record Held(RingSlot slot) implements Place {
        }

        /** Nothing yet; everything up to this revision stands before the place. */
        record Ahead(long progress) implements Place {
        }

        /** Overwritten; changes up to this revision are forgotten. */
        record Lost(long forgotten) implements Place {
        }
    }

    private final RevisionStore<KubeObject> store;
    private final String prefix;
    private final int capacity;
    private final LongAdder expired;
    private final Set<RingWatch> watches = ConcurrentHashMap.newKeySet();
    private final AtomicInteger signals = new AtomicInteger();
    private volatile Changes<KubeObject> changes;
    private volatile boolean closed;

    private final ReentrantLock lock = new ReentrantLock();
    private Optional<RingSlot>[] slots; // guarded by lock, as all below
    private long first;
    private volatile long next; // written under the lock
    private long forgotten;
    private volatile long progress; // written under the lock, after the changes that it tells of

    ChangeRing(RevisionStore<KubeObject> store, String prefix, int capacity, LongAdder expired) {
        this.store = store;
        this.prefix = prefix;
        this.capacity = capacity;
        this.expired = expired;
        this.slots = empty(Math.min(FIRST_SIZE, capacity));
        this.forgotten = store.compactedRevision();
        this.progress = forgotten;
        this.changes = store.changes(prefix, forgotten);
    }

    @SuppressWarnings("unchecked")
    private static Optional<RingSlot>[] empty(int size) {
        var slots = (Optional<RingSlot>[]) new Optional<?>[size];
        Arrays.fill(slots, Optional.empty());
        return slots;
    }

    void start() {
        changes.onReady(this::pump);
        pump();
    }

    /** Takes over what the store tells. Many calls at once make one of them do the work for all. */
    private void pump() {
        int seen = signals.incrementAndGet();
        if (seen != 1) {
            return;
        }
        while (seen != 0) {
            wake(drain());
            seen = signals.addAndGet(-seen);
        }
    }

    private List<RingSlot> drain() {
        var added = new ArrayList<RingSlot>();
        try {
            for (var change = changes.poll(); change.isPresent(); change = changes.poll()) {
                added.add(append(change.get()));
            }
            progressed(changes.revision());
        } catch (OverrunException e) {
            startOver();
        }
        return added;
    }

    private RingSlot append(Change<KubeObject> change) {
        var slot = new RingSlot(change);
        lock.lock();
        try {
            if (next - first == slots.length) {
                makeRoom();
            }
            slots[index(next)] = Optional.of(slot);
            next++;
            progress = slot.revision();
        } finally {
            lock.unlock();
        }
        return slot;
    }

    private void makeRoom() {
        if (slots.length == capacity) {
            forgotten = slots[index(first)].orElseThrow().revision();
            slots[index(first)] = Optional.empty();
            first++;
            return;
        }
        var larger = empty(Math.min(capacity, slots.length * 2));
        for (long at = first; at < next; at++) {
            larger[(int) (at % larger.length)] = slots[index(at)];
        }
        slots = larger;
    }

    private int index(long sequence) {
        return (int) (sequence % slots.length);
    }

    private void progressed(long revision) {
        lock.lock();
        try {
            progress = Math.max(progress, revision);
        } finally {
            lock.unlock();
        }
    }

    /** The store forgot changes that this ring never saw: every reader has lost some. */
    private void startOver() {
        LOG.log(Level.WARNING, "a ring of changes fell behind the store, its watches are cut off prefix=" + prefix);
        changes.close();
        long from = store.revision();
        var fresh = store.changes(prefix, from);
        lock.lock();
        try {
            next++;
            first = next;
            Arrays.fill(slots, Optional.empty());
            forgotten = from;
            progress = from;
        } finally {
            lock.unlock();
        }
        changes = fresh;
        signals.incrementAndGet();
        fresh.onReady(this::pump);
        watches.forEach(RingWatch::wake);
    }

    private void wake(List<RingSlot> added) {
        if (added.isEmpty()) {
            return;
        }
        for (var watch : watches) {
            if (added.stream().anyMatch(slot -> slot.key().startsWith(watch.prefix()))) {
                watch.wake();
            }
        }
    }

    /** The sequence number of the first place after a revision; nothing if changes after it are forgotten. */
    OptionalLong placeAfter(long revision) {
        lock.lock();
        try {
            if (revision < forgotten) {
                return OptionalLong.empty();
            }
            long low = first;
            long high = next;
            while (low < high) {
                long middle = (low + high) >>> 1;
                if (slots[index(middle)].orElseThrow().revision() <= revision) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return OptionalLong.of(low);
        } finally {
            lock.unlock();
        }
    }

    /** Changes up to this revision are forgotten. */
    long forgotten() {
        lock.lock();
        try {
            return forgotten;
        } finally {
            lock.unlock();
        }
    }

    Place at(long sequence) {
        long told = progress; // read first: what it tells of stands before the next place
        if (sequence == next) {
            return new Place.Ahead(told);
        }
        lock.lock();
        try {
            if (sequence < first) {
                return new Place.Lost(forgotten);
            }
            return sequence == next ? new Place.Ahead(progress)
                    : new Place.Held(slots[index(sequence)].orElseThrow());
        } finally {
            lock.unlock();
        }
    }

    void join(RingWatch watch) {
        watches.add(watch);
        if (closed) {
            watch.close();
        }
    }

    /** A watch has lost its place. */
    void cutOff(RingWatch watch) {
        expired.increment();
        leave(watch);
    }

    void leave(RingWatch watch) {
        watches.remove(watch);
    }

    /** Makes each watch tell how far it is, also past changes of other types, which never filled this ring. */
    void bookmarksDue() {
        pump();
        watches.forEach(RingWatch::bookmarkDue);
    }

    @Override
    public void close() {
        closed = true;
        changes.close();
        watches.forEach(RingWatch::close);
    }
}
