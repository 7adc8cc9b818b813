package dev.starling.store;

/** The asked revision is not there yet. */
public final class FutureRevisionException extends StoreException {
    private static final long serialVersionUID = 1;

    private final long newestRevision;

    public FutureRevisionException(long askedRevision, long newestRevision) {
        super("revision " + askedRevision + " is in the future, the newest is " + newestRevision);
        this.newestRevision = newestRevision;
    }

    /** The newest revision when this was thrown. */
    public long newestRevision() {
        return newestRevision;
    }
}
