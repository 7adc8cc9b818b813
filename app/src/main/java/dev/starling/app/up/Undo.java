package dev.starling.app.up;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;

/** What has to be undone, newest first. Whoever starts something registers its undo at once. */
final class Undo implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Undo.class.getName());

    private record Step(String name, AutoCloseable undo) {
    }

    private final Deque<Step> steps = new ArrayDeque<>();

    <T extends AutoCloseable> T with(String name, T started) {
        later(name, started);
        return started;
    }

    void later(String name, AutoCloseable undo) {
        steps.push(new Step(name, undo));
    }

    /** Undoes everything; a step that fails is logged and never stops the others. */
    @Override
    public void close() {
        while (!steps.isEmpty()) {
            var step = steps.pop();
            try {
                step.undo().close();
            } catch (Exception e) {
                LOG.log(Level.ERROR, "could not be stopped cleanly part=" + step.name(), e);
            }
        }
    }
}
