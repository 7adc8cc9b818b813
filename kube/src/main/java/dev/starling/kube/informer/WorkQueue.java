package dev.starling.kube.informer;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keys that wait for work. A key stands in it once, however often it is added; a key that is being worked on is given
 * out again only after {@link #done}; a key may be due later. Thread-safe; it has no clock.
 */
public final class WorkQueue<K> {
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(5);
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(5);

    private record Delayed<K>(K key, Instant due) {
    }

    private final ReentrantLock lock = new ReentrantLock(); // guards every field below
    private final LinkedHashSet<K> ready = new LinkedHashSet<>();
    private final Set<K> working = new HashSet<>();
    private final Set<K> addedMeanwhile = new HashSet<>();
    private final Map<K, Instant> delays = new HashMap<>();
    private final PriorityQueue<Delayed<K>> delayed =
            new PriorityQueue<>((a, b) -> a.due().compareTo(b.due()));
    private final Map<K, Integer> failures = new HashMap<>();
    private long retries;

    /** Makes a key due now. */
    public void add(K key) {
        lock.lock();
        try {
            addLocked(key);
        } finally {
            lock.unlock();
        }
    }

    private void addLocked(K key) {
        if (working.contains(key)) {
            addedMeanwhile.add(key);
        } else {
            ready.add(key);
        }
    }

    /** Makes a key due at a time, or at the earlier time for which it already waits. */
    public void addAt(K key, Instant due) {
        lock.lock();
        try {
            var waits = Optional.ofNullable(delays.get(key));
            if (waits.isEmpty() || due.isBefore(waits.get())) {
                waits.ifPresent(later -> delayed.remove(new Delayed<>(key, later)));
                delays.put(key, due);
                delayed.add(new Delayed<>(key, due));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Counts a failure of a key and makes it due after a pause that doubles from 5 ms to 5 minutes. */
    public void addAfterFailure(K key, Instant now) {
        int count;
        lock.lock();
        try {
            count = failures.merge(key, 1, Integer::sum);
            retries++;
        } finally {
            lock.unlock();
        }
        long factor = 1L << Math.min(count - 1, 20);
        var pause = FIRST_BACKOFF.multipliedBy(factor);
        addAt(key, now.plus(pause.compareTo(LONGEST_BACKOFF) < 0 ? pause : LONGEST_BACKOFF));
    }

    /** Forgets the failures of a key. */
    public void succeeded(K key) {
        lock.lock();
        try {
            failures.remove(key);
        } finally {
            lock.unlock();
        }
    }

    /** The next due key; whoever takes it owes {@link #done}. */
    public Optional<K> take(Instant now) {
        lock.lock();
        try {
            releaseDue(now);
            if (ready.isEmpty()) {
                return Optional.empty();
            }
            K key = ready.removeFirst();
            working.add(key);
            return Optional.of(key);
        } finally {
            lock.unlock();
        }
    }

    private void releaseDue(Instant now) {
        while (!delayed.isEmpty() && !delayed.peek().due().isAfter(now)) {
            var due = delayed.poll();
            if (delays.remove(due.key(), due.due())) {
                addLocked(due.key());
            }
        }
    }

    /** Work on a key is over; if it was added meanwhile it is due again. */
    public void done(K key) {
        lock.lock();
        try {
            working.remove(key);
            if (addedMeanwhile.remove(key)) {
                ready.add(key);
            }
        } finally {
            lock.unlock();
        }
    }

    /** When the next delayed key is due. */
    public Optional<Instant> nextDue() {
        lock.lock();
        try {
            return Optional.ofNullable(delayed.peek()).map(Delayed::due);
        } finally {
            lock.unlock();
        }
    }

    /** How many keys are due later. */
    public int waiting() {
        lock.lock();
        try {
            return delayed.size();
        } finally {
            lock.unlock();
        }
    }

    /** How often a key failed and was to be tried again. */
    public long retries() {
        lock.lock();
        try {
            return retries;
        } finally {
            lock.unlock();
        }
    }

    /** How many keys are due. */
    public int depth() {
        lock.lock();
        try {
            return ready.size();
        } finally {
            lock.unlock();
        }
    }
}
