package dev.starling.store;

import java.util.Optional;

/** The key was not as the write expected; nothing was written. */
public final class ConflictException extends StoreException {
    private static final long serialVersionUID = 1;

    private final transient Optional<Entry<?>> current;

    public ConflictException(String key, Optional<? extends Entry<?>> current) {
        super(current.map(entry -> "key " + key + " is at revision " + entry.revision())
                .orElseGet(() -> "key " + key + " does not exist"));
        this.current = current.map(entry -> entry);
    }

    /** The entry that was found instead, empty when the key does not exist. */
    public Optional<Entry<?>> current() {
        return current;
    }
}
