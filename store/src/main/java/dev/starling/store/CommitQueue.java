package dev.starling.store;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The tasks that wait for the commit writer, in order of arrival. It holds callers back when it is full. Riding writes
 * make it due only after their time, or when something else does.
 */
final class CommitQueue<T> {
    /** How long the writer may sleep before it looks after old history. */
    private static final long IDLE_MS = 30_000;

    private final int capacity;
    private final InstantSource clock;
    private final LongAdder fullCount = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition roomy = lock.newCondition();

    // Guarded by the lock, like the two below.
    private final ArrayDeque<Pending<T>> waiting = new ArrayDeque<>();
    private long dueMs = Long.MAX_VALUE;
    private boolean closed;

    CommitQueue(int capacity, InstantSource clock) {
        this.capacity = capacity;
        this.clock = clock;
    }

    /**
     * Adds a task, waiting for room if there is none.
     *
     * @param latestMs the time of day up to which it may wait for a neighbour
     */
    Pending<T> put(T task, long latestMs) {
        lock.lock();
        try {
            if (waiting.size() >= capacity) {
                fullCount.increment();
            }
            while (!closed && waiting.size() >= capacity) {
                roomy.awaitUninterruptibly();
            }
            if (closed) {
                throw new StoreClosedException();
            }
            var pending = new Pending<>(task);
            waiting.add(pending);
            dueMs = waiting.size() == capacity ? 0 : Math.min(dueMs, latestMs);
            changed.signal();
            return pending;
        } finally {
            lock.unlock();
        }
    }

    /** Whether what waits must be committed now. */
    boolean due() {
        lock.lock();
        try {
            return dueMs <= clock.millis();
        } finally {
            lock.unlock();
        }
    }

    /** The task that came first. The taker of the first one goes on until there is none or its batch is full. */
    Optional<Pending<T>> take() {
        lock.lock();
        try {
            var first = Optional.ofNullable(waiting.poll());
            if (waiting.isEmpty()) {
                dueMs = Long.MAX_VALUE;
            }
            first.ifPresent(_ -> roomy.signal());
            return first;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until something is due, or for a while, or until the queue is closed.
     *
     * @return false when the queue is closed
     */
    boolean awaitDue() throws InterruptedException {
        lock.lock();
        try {
            long endMs = clock.millis() + IDLE_MS;
            long nowMs = clock.millis();
            while (!closed && dueMs > nowMs && nowMs < endMs) {
                changed.await(Math.min(dueMs, endMs) - nowMs, TimeUnit.MILLISECONDS);
                nowMs = clock.millis();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses further tasks and returns those that wait. */
    List<Pending<T>> close() {
        lock.lock();
        try {
            closed = true;
            var left = new ArrayList<>(waiting);
            waiting.clear();
            changed.signalAll();
            roomy.signalAll();
            return left;
        } finally {
            lock.unlock();
        }
    }

    long size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    long fullCount() {
        return fullCount.sum();
    }
}
