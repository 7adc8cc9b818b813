package dev.starling.store;

/** Another process has the folder or file open. */
public final class StoreLockedException extends StoreException {
    private static final long serialVersionUID = 1;

    public StoreLockedException(String message) {
        super(message);
    }
}
