package dev.starling.store;

/**
 * A key with its value.
 *
 * @param createRevision the revision that made the key exist
 * @param revision the revision that gave it this value
 */
public record Entry<V>(String key, V value, long createRevision, long revision) {}
