package dev.starling.store;

import java.util.Optional;

/**
 * A reader of changes. It keeps no queue of its own: it walks the store's bounded history, so a reader that falls too
 * far behind is cut off. One thread polls at a time.
 */
public interface Changes<V> extends AutoCloseable {

    /**
     * The next change, or empty when there is none yet.
     *
     * @throws OverrunException when the reader was too slow and changes that it has not seen are forgotten
     */
    Optional<Change<V>> poll();

    /** The revision up to which this reader has seen everything that concerns it. */
    long revision();

    /**
     * Sets what is called when a poll may find something: at once if so now, and then after commits. It may be called
     * without need, from any thread; it must return quickly and must not write to the store.
     */
    void onReady(Runnable ready);

    @Override
    void close();
}
