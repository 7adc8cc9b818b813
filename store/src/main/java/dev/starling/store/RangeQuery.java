package dev.starling.store;

/**
 * Which entries to read.
 *
 * @param prefix what the keys start with; empty means all keys
 * @param startAfter only keys after this one; empty means from the first
 * @param limit the most entries to return; 0 means all
 * @param revision the revision to read at; 0 means the newest
 */
public record RangeQuery(String prefix, String startAfter, int limit, long revision) {
    public RangeQuery {
        if (limit < 0 || revision < 0) {
            throw new IllegalArgumentException("limit and revision are not negative: " + limit + ", " + revision);
        }
    }

    /** Everything with a prefix, newest. */
    public static RangeQuery prefix(String prefix) {
        return new RangeQuery(prefix, "", 0, 0);
    }

    public RangeQuery after(String key) {
        return new RangeQuery(prefix, key, limit, revision);
    }

    public RangeQuery limitedTo(int entries) {
        return new RangeQuery(prefix, startAfter, entries, revision);
    }

    public RangeQuery at(long atRevision) {
        return new RangeQuery(prefix, startAfter, limit, atRevision);
    }
}
