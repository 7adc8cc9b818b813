package dev.starling.store;

/** What is on disk cannot be trusted. The message names the place and what to do. */
public final class CorruptStoreException extends StoreException {
    private static final long serialVersionUID = 1;

    public CorruptStoreException(String message) {
        super(message);
    }

    public CorruptStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
