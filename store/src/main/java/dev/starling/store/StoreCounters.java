package dev.starling.store;

/**
 * What a store counted since it was opened.
 *
 * @param commits writes that became visible
 * @param forces times that a batch was forced to disk
 * @param failures batches that the disk refused
 * @param queueFull writers that had to wait because the commit queue was full
 * @param overruns readers of changes that were cut off
 * @param queued writes that wait now
 * @param compactions how often old history was forgotten
 * @param history changes that can still be read
 * @param revision the newest visible one
 * @param compactedRevision the oldest that can still be read
 */
public record StoreCounters(
        long commits, long forces, long failures, long queueFull, long overruns, long queued, long compactions,
        long history, long revision, long compactedRevision) {

    /** Of a store that was just opened and is empty. */
    public static final StoreCounters NONE = new StoreCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
