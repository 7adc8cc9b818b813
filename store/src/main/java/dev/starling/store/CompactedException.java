package dev.starling.store;

/** The asked revision is forgotten. */
public final class CompactedException extends StoreException {
    private static final long serialVersionUID = 1;

    private final long compactedRevision;

    public CompactedException(long askedRevision, long compactedRevision) {
        super("revision " + askedRevision + " is compacted, the oldest is " + compactedRevision);
        this.compactedRevision = compactedRevision;
    }

    /** The oldest revision that could be read when this was thrown. */
    public long compactedRevision() {
        return compactedRevision;
    }
}
