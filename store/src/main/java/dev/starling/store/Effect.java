package dev.starling.store;

import java.util.function.LongFunction;

/** What a write does to its key. */
public sealed interface Effect<V> {

    /** Stores a value, made from the revision that the write got; the function is quick and has no other effect. */
    record Put<V>(LongFunction<V> value) implements Effect<V> {}

    /** Removes the key; removing what does not exist is a conflict. */
    record Delete<V>() implements Effect<V> {}
}
