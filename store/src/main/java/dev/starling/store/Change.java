package dev.starling.store;

import java.util.Optional;

/**
 * What one revision did to one key.
 *
 * @param previous the entry before, empty when the key was created
 * @param current the entry after, empty when the key was deleted
 */
public record Change<V>(String key, long revision, Optional<Entry<V>> previous, Optional<Entry<V>> current) {
    public Change {
        if (previous.isEmpty() && current.isEmpty()) {
            throw new IllegalArgumentException("a change has an entry before or after: " + key);
        }
    }
}
