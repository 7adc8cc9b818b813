package dev.starling.kube.loop;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Calls every loop from one thread, in an order that a seed decides, on a virtual clock that jumps to the next due
 * time when nothing is left to do. The same seed gives the same run. Not thread-safe: one thread does everything.
 */
public final class SimulationDriver implements Driver {
    private final Random random;
    private final List<Called> loops = new ArrayList<>();
    private final List<Runnable> tasks = new ArrayList<>();
    private Instant now;

    public SimulationDriver(long seed, Instant start) {
        this.random = new Random(seed);
        this.now = start;
    }

    @Override
    public Running start(Loop loop) {
        var called = new Called(loop);
        loops.add(called);
        return called;
    }

    @Override
    public InstantSource clock() {
        return () -> now;
    }

    @Override
    public void run(String name, Runnable task) {
        tasks.add(task);
    }

    @Override
    public void runAll(String name, List<Runnable> tasks) {
        var failures = new ArrayList<RuntimeException>();
        for (var task : tasks) {
            try {
                task.run();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            var first = failures.removeFirst();
            failures.stream().filter(other -> other != first).forEach(first::addSuppressed);
            throw first;
        }
    }

    /** Calls what is due until the virtual time has passed, or nothing will ever be due again. */
    public void runFor(Duration time) {
        var end = now.plus(time);
        while (true) {
            if (callOne()) {
                continue;
            }
            var next = earliest();
            if (next.isEmpty() || next.get().isAfter(end)) {
                now = end;
                return;
            }
            now = next.get();
        }
    }

    /** Calls one thing that is due now, chosen by the seed; false if nothing is. */
    private boolean callOne() {
        var due = due();
        int choice = due.size() + tasks.size();
        if (choice == 0) {
            return false;
        }
        int at = random.nextInt(choice);
        if (at < due.size()) {
            due.get(at).call();
        } else {
            tasks.remove(at - due.size()).run();
        }
        return true;
    }

    /** Plain iteration, here and below: a simulated week asks millions of times. */
    private List<Called> due() {
        var due = new ArrayList<Called>();
        for (var called : loops) {
            if (called.due(now)) {
                due.add(called);
            }
        }
        return due;
    }

    private Optional<Instant> earliest() {
        Optional<Instant> earliest = Optional.empty();
        for (var called : loops) {
            if (called.next instanceof Loop.Next.At(Instant at)
                    && (earliest.isEmpty() || at.isBefore(earliest.get()))) {
                earliest = Optional.of(at);
            }
        }
        return earliest;
    }

    private final class Called implements Running {
        private final Loop loop;
        private Loop.Next next = Loop.Next.AGAIN;
        private boolean woken;

        Called(Loop loop) {
            this.loop = loop;
        }

        boolean due(Instant time) {
            return woken || next instanceof Loop.Next.Again
                    || next instanceof Loop.Next.At(Instant at) && !time.isBefore(at);
        }

        void call() {
            woken = false;
            next = loop.step(now);
            if (next instanceof Loop.Next.Over) {
                close();
            }
        }

        @Override
        public void wake() {
            woken = true;
        }

        @Override
        public void close() {
            loops.remove(this);
        }
    }
}
