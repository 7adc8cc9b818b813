package dev.starling.store;

import java.util.List;

/**
 * The answer to a {@link RangeQuery}.
 *
 * @param entries in key order
 * @param revision the revision at which all entries were read
 * @param remaining how many matching entries follow the last one
 */
public record Page<V>(List<Entry<V>> entries, long revision, long remaining) {
    public Page {
        entries = List.copyOf(entries);
    }

    /** Whether matching entries follow the last one. */
    public boolean more() {
        return remaining > 0;
    }
}
