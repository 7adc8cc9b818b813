package dev.starling.kube.loop;

import java.time.InstantSource;
import java.util.List;

/**
 * Calls loops. {@link ThreadDriver} gives each a thread; a simulation calls all of them from one seeded queue on a
 * virtual clock.
 */
public interface Driver {

    /** Begins to call a loop, soon for the first time. */
    Running start(Loop loop);

    /** The clock by which this driver calls. */
    InstantSource clock();

    /**
     * Runs something that may wait (a call to a runtime, a probe) beside the loops; when it is over the loop that
     * asked is usually woken. In simulation it runs from the queue.
     */
    void run(String name, Runnable task);

    /**
     * Runs tasks that may wait (writes to the API) side by side, and returns when all are over. In simulation one runs
     * after the other.
     *
     * @throws RuntimeException that a task threw, with the others that did, once all are over
     */
    void runAll(String name, List<Runnable> tasks);

    /** A loop that is being called. */
    interface Running extends AutoCloseable {

        /** Has the loop called soon, from any thread; many wakes before a step make one step. */
        void wake();

        /** Stops calling; returns when no step is under way, unless called from the loop itself. */
        @Override
        void close();
    }
}
