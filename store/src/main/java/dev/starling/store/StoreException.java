package dev.starling.store;

/** What a store refuses, by reason. The message is one line that an operator can act on. */
public abstract sealed class StoreException extends RuntimeException
        permits CompactedException,
                ConflictException,
                CorruptStoreException,
                FutureRevisionException,
                OverrunException,
                StoreClosedException,
                StoreLockedException,
                StoreUnavailableException {
    private static final long serialVersionUID = 1;

    StoreException(String message) {
        super(message);
    }

    StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
