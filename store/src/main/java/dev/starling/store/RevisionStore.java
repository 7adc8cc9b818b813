package dev.starling.store;

import java.time.Duration;
import java.util.Optional;

/**
 * A revisioned key-value store with compare-and-set on one key, ranges at a revision, and ordered changes.
 *
 * <p>Keys are non-empty strings, by custom separated by '/', ordered as their UTF-8 bytes are. Every write, deletions
 * included, takes one revision; revisions only rise, though not always by one, also over restarts and failures. An
 * empty store stands at revision 1, because Kubernetes gives resource version "0" a meaning of its own.
 *
 * <p>Durable before visible: no method shows a revision before a crash can no longer undo it. All methods may be called
 * from any thread; reads never wait for the disk.
 *
 * @param <V> what the owner keeps in memory; it must be immutable, because readers share it
 */
public interface RevisionStore<V> extends AutoCloseable {

    /** The newest visible revision. */
    long revision();

    /** The oldest revision that can still be read; changes up to it are forgotten. */
    long compactedRevision();

    /** The newest entry of a key, if it exists. */
    Optional<Entry<V>> get(String key);

    /**
     * The entry that a key had at a revision, if it existed then.
     *
     * @param revision at least {@link #compactedRevision()}, or 0 for the newest
     * @throws CompactedException when that revision is forgotten
     * @throws FutureRevisionException when that revision is not there yet
     */
    Optional<Entry<V>> get(String key, long revision);

    /**
     * Entries with a prefix in key order, all as they were at one revision.
     *
     * @throws CompactedException when the asked revision is forgotten
     * @throws FutureRevisionException when the asked revision is not there yet
     */
    Page<V> range(RangeQuery query);

    /**
     * Makes one write durable and then visible, and returns its revision. Blocks until then; writes that arrive
     * together share the way to the disk. An interrupt does not end the wait, since the outcome would be unknown.
     *
     * @throws ConflictException when the key was not as the write expects; nothing is written
     * @throws StoreUnavailableException when the disk refused; nothing is visible, and a later try may work
     * @throws StoreClosedException when the store is closed or closing
     */
    long commit(Write<V> write);

    /**
     * The changes of keys with a prefix after a revision, in order, and from then on those that follow.
     *
     * @throws CompactedException when changes right after that revision are forgotten
     * @throws FutureRevisionException when that revision is not there yet
     */
    Changes<V> changes(String prefix, long afterRevision);

    /**
     * Forgets history: earlier revisions can no longer be read. Compacting to what is compacted already does nothing.
     *
     * @throws FutureRevisionException when that revision is not there yet
     */
    void compact(long revision);

    /**
     * Asks whether writes still reach the disk, and waits for the answer no longer than it is told.
     *
     * @throws StoreUnavailableException when the disk refuses, or there is no answer in time
     * @throws StoreClosedException when the store is closed, also because its writer has failed
     */
    void probe(Duration most);

    /** What the store counted since it was opened. */
    StoreCounters counters();

    /** Ends waiting writes with {@link StoreClosedException}. What is in memory can still be read. */
    @Override
    void close();
}
