package dev.starling.store;

/** Turns values into bytes and back. Both ways are pure and may be called from any thread. */
public interface Codec<V> {

    byte[] encode(V value);

    /** Throws any runtime exception for bytes that hold no value. */
    V decode(byte[] bytes);
}
