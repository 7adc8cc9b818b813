package dev.starling.node.pool;

import dev.starling.kube.loop.Driver;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets a bounded number of starts run at once; the others wait in order. The queue is bounded by the pods of the node,
 * each of which waits with at most a few things. Thread-safe.
 */
final class StartGate {
    private record Waiting(String name, Runnable task) {
    }

    private final Driver driver;
    private final int limit;
    private final Runnable whenIdle;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>(); // guarded by lock
    private int active; // guarded by lock
    private Instant idleSince = Instant.EPOCH; // guarded by lock

    StartGate(Driver driver, int limit, Runnable whenIdle) {
        this.driver = driver;
        this.limit = limit;
        this.whenIdle = whenIdle;
    }

    void run(String name, Runnable task) {
        lock.lock();
        try {
            if (active >= limit) {
                queue.add(new Waiting(name, task));
                return;
            }
            active++;
        } finally {
            lock.unlock();
        }
        driver.run(name, () -> pass(task));
    }

    /** Since when nothing starts; {@link Instant#MAX} while something does. */
    Instant idleSince() {
        lock.lock();
        try {
            return active == 0 ? idleSince : Instant.MAX;
        } finally {
            lock.unlock();
        }
    }

    private void pass(Runnable task) {
        try {
            task.run();
        } finally {
            leave();
        }
    }

    private void leave() {
        Optional<Waiting> next;
        boolean idle;
        lock.lock();
        try {
            next = Optional.ofNullable(queue.poll());
            active -= next.isPresent() ? 0 : 1;
            idle = active == 0;
            idleSince = driver.clock().instant();
        } finally {
            lock.unlock();
        }
        next.ifPresent(waiting -> driver.run(waiting.name(), () -> pass(waiting.task())));
        if (idle) {
            whenIdle.run();
        }
    }
}
