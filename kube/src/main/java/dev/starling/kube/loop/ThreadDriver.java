package dev.starling.kube.loop;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The driver of the product: one virtual thread per loop. A step that throws, an Error too, is logged and called again
 * after a pause that doubles from 100 ms to 10 s, so that a bug in one loop never stops the others and never spins.
 * Patient loops take turns.
 */
public final class ThreadDriver implements Driver {
    private static final System.Logger LOG = System.getLogger(ThreadDriver.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final int SIDE_BY_SIDE = 64;

    private final InstantSource clock;
    private final Semaphore turn = new Semaphore(1, true); // held during a patient loop's step

    public ThreadDriver(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Running start(Loop loop) {
        var worker = new Worker(loop);
        worker.thread.start();
        return worker;
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public void run(String name, Runnable task) {
        Thread.ofVirtual().name(name).uncaughtExceptionHandler((thread, e) ->
                LOG.log(Level.ERROR, "task failed name=" + name, e)).start(task);
    }

    @Override
    public void runAll(String name, List<Runnable> tasks) {
        if (tasks.size() <= 1) {
            tasks.forEach(Runnable::run);
            return;
        }
        var next = new AtomicInteger();
        var failure = new AtomicReference<@Nullable Throwable>();
        var threads = IntStream.range(0, Math.min(tasks.size(), SIDE_BY_SIDE))
                .mapToObj(i -> Thread.ofVirtual().name(name).start(() -> drain(tasks, next, failure))).toList();
        for (var thread : threads) {
            join(thread);
        }
        switch (failure.get()) {
            case null -> { }
            case Error e -> throw e;
            case RuntimeException e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    private static void drain(List<Runnable> tasks, AtomicInteger next, AtomicReference<@Nullable Throwable> failure) {
        for (int i = next.getAndIncrement(); i < tasks.size(); i = next.getAndIncrement()) {
            try {
                tasks.get(i).run();
            } catch (RuntimeException | Error e) {
                var first = failure.compareAndExchange(null, e);
                if (first != null && first != e) {
                    first.addSuppressed(e);
                }
            }
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while tasks run", e);
        }
    }

    private final class Worker implements Running {
        private final Loop loop;
        private final Thread thread;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private boolean woken; // guarded by lock
        private boolean closed; // guarded by lock

        Worker(Loop loop) {
            this.loop = loop;
            this.thread = Thread.ofVirtual().name(loop.name()).unstarted(this::call);
        }

        private void call() {
            var pause = FIRST_PAUSE;
            Loop.Next next = Loop.Next.AGAIN;
            while (!(next instanceof Loop.Next.Over) && waitFor(next)) {
                try {
                    next = loop.patient() ? inTurn() : loop.step(clock.instant());
                    pause = FIRST_PAUSE;
                } catch (RuntimeException | Error e) {
                    LOG.log(Level.ERROR, "loop failed, will be called again loop=" + loop.name(), e);
                    next = Loop.Next.at(clock.instant().plus(pause));
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                }
            }
        }

        private Loop.Next inTurn() {
            turn.acquireUninterruptibly();
            try {
                return loop.step(clock.instant());
            } finally {
                turn.release();
            }
        }

        /** Waits for the time of the next step; false once closed. */
        private boolean waitFor(Loop.Next next) {
            lock.lock();
            try {
                while (!closed && !woken && !(next instanceof Loop.Next.Again) && !due(next)) {
                    await(next);
                }
                woken = false;
                return !closed;
            } finally {
                lock.unlock();
            }
        }

        private boolean due(Loop.Next next) {
            return next instanceof Loop.Next.At(Instant time) && !clock.instant().isBefore(time);
        }

        private void await(Loop.Next next) {
            try {
                if (next instanceof Loop.Next.At(Instant time)) {
                    long left = Duration.between(clock.instant(), time).toNanos();
                    if (!changed.await(Math.max(left, 1), TimeUnit.NANOSECONDS)) {
                        return;
                    }
                } else {
                    changed.await();
                }
            } catch (InterruptedException e) {
                closed = true;
            }
        }

        @Override
        public void wake() {
            lock.lock();
            try {
                woken = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                closed = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            if (Thread.currentThread() != thread) {
                joinQuietly();
            }
        }

        private void joinQuietly() {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
