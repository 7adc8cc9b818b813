package dev.starling.store;

/** The disk refused. What was to be written is not visible; a later try may work. */
public final class StoreUnavailableException extends StoreException {
    private static final long serialVersionUID = 1;

    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
