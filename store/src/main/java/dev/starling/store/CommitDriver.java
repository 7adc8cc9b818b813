package dev.starling.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Owns the platform thread that turns one {@link Loop} until it is closed. */
final class CommitDriver implements AutoCloseable {
    private static final Logger LOG = System.getLogger(CommitDriver.class.getName());

    /** A passive object with work that arrives from other threads. */
    interface Loop {

        /** Waits until a step makes sense; false means closed. */
        boolean awaitDue() throws InterruptedException;

        void step();

        /** Refuses further work and ends what waits. Any thread may call it, more than once. */
        void close();
    }

    private final Loop loop;
    private final Thread thread;

    private CommitDriver(String name, Loop loop) {
        this.loop = loop;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    static CommitDriver start(String name, Loop loop) {
        var driver = new CommitDriver(name, loop);
        driver.thread.start();
        return driver;
    }

    private void run() {
        try {
            while (loop.awaitDue()) {
                loop.step();
            }
        } catch (InterruptedException interrupted) {
            LOG.log(Level.WARNING, "the commit writer was interrupted and stops name=" + thread.getName());
        } catch (RuntimeException | Error bug) {
            LOG.log(Level.ERROR, "the commit writer failed and stops name=" + thread.getName(), bug);
        } finally {
            loop.close();
        }
    }

    /** Ends the loop and waits for its last step. */
    @Override
    public void close() {
        loop.close();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
