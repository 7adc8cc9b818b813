package dev.starling.store;

/** What must be true of a key for a write to happen. */
public sealed interface Expected {

    /** The key does not exist. */
    record Absent() implements Expected {}

    /** The key exists, and this revision wrote it last. */
    record Revision(long revision) implements Expected {}

    /** Whatever there is. */
    record Any() implements Expected {}
}
