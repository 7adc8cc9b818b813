package dev.starling.kube.api;

import java.util.Optional;

/**
 * An ordered stream of changes that is read without waiting. It ends with an ERROR event (for example
 * {@code 410 Expired} when the reader was too slow) or by {@link #close}; a reader that does not keep up is cut off,
 * never buffered without bound.
 */
public interface Watch extends AutoCloseable {

    /** The next event, if one is there. */
    Optional<WatchEvent> poll();

    /**
     * Names who is told that {@link #poll} may have something, or that the watch ended. At most one; it is called from
     * any thread, must return at once, and is called at once if something is there already.
     */
    void onReady(Runnable wake);

    /** True once nothing more will come: the end was read, or the watch was closed. */
    boolean ended();

    @Override
    void close();
}
