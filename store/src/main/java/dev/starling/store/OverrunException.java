package dev.starling.store;

/** A reader of changes was too slow and is cut off; it must list and start again. */
public final class OverrunException extends StoreException {
    private static final long serialVersionUID = 1;

    public OverrunException(long readerRevision, long compactedRevision) {
        super("the reader is at revision " + readerRevision + ", changes up to " + compactedRevision
                + " are forgotten");
    }
}
