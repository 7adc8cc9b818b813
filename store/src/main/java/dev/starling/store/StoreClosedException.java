package dev.starling.store;

/** The store is closed or closing; the write did not happen. */
public final class StoreClosedException extends StoreException {
    private static final long serialVersionUID = 1;

    public StoreClosedException() {
        super("the store is closed");
    }
}
