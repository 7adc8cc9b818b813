package dev.starling.store;

import java.util.List;

/** Where commits become durable. Only the commit writer calls it. */
interface CommitLog<V> extends AutoCloseable {

    /** One change as it will be stored. */
    record Frame(long revision, byte[] bytes) {}

    /** Encodes a change; what the codec throws comes through. */
    Frame frame(Change<V> change);

    /**
     * Returns when all frames are durable.
     *
     * @throws StoreUnavailableException when they may or may not be; frames of a failed append never come back once a
     *     later append succeeded
     */
    void append(List<Frame> frames);

    /**
     * Forces something to disk that changes nothing.
     *
     * @throws StoreUnavailableException when the disk refuses
     */
    void probe();

    /** Drops revisions that nobody can read any more. Losing this in a crash is harmless. */
    void forget(long compactedRevision, List<Long> revisions);

    @Override
    void close();

    /** For a store whose life is the process's own. */
    static <V> CommitLog<V> none() {
        return new CommitLog<>() {
            @Override
            public Frame frame(Change<V> change) {
                return new Frame(change.revision(), new byte[0]);
            }

            @Override
            public void append(List<Frame> frames) {
                // Nothing outlives the process, so visible is as durable as it gets.
            }

            @Override
            public void probe() {
                // There is no disk that could refuse.
            }

            @Override
            public void forget(long compactedRevision, List<Long> revisions) {
                // Nothing is kept beside the image.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
    }
}
