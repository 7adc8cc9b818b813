package dev.starling.store;

import java.nio.charset.StandardCharsets;
import java.util.function.LongFunction;

/**
 * One write to one key.
 *
 * @param rides whether the write may wait a little for a neighbour to share the way to the disk with
 */
public record Write<V>(String key, Expected expected, Effect<V> effect, boolean rides) implements Task<V> {
    public Write {
        if (key.isEmpty() || !StandardCharsets.UTF_8.newEncoder().canEncode(key)) {
            throw new IllegalArgumentException("a key is non-empty well-formed text: '" + key + "'");
        }
    }

    /** Stores a value under a key that must not exist. */
    public static <V> Write<V> create(String key, LongFunction<V> value) {
        return new Write<>(key, new Expected.Absent(), new Effect.Put<>(value), false);
    }

    /** Replaces the value that was written at the expected revision. */
    public static <V> Write<V> update(String key, long expectedRevision, LongFunction<V> value) {
        return new Write<>(key, new Expected.Revision(expectedRevision), new Effect.Put<>(value), false);
    }

    /** Stores a value whatever is there. */
    public static <V> Write<V> put(String key, LongFunction<V> value) {
        return new Write<>(key, new Expected.Any(), new Effect.Put<>(value), false);
    }

    /** Removes what was written at the expected revision. */
    public static <V> Write<V> delete(String key, long expectedRevision) {
        return new Write<>(key, new Expected.Revision(expectedRevision), new Effect.Delete<>(), false);
    }

    /** Removes whatever is there. */
    public static <V> Write<V> delete(String key) {
        return new Write<>(key, new Expected.Any(), new Effect.Delete<>(), false);
    }

    /** The same write, allowed to wait a little for a neighbour. */
    public Write<V> riding() {
        return new Write<>(key, expected, effect, true);
    }
}
