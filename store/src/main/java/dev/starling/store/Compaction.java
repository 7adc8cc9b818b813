package dev.starling.store;

/** Asks the commit writer to forget history before a revision. */
record Compaction<V>(long revision) implements Task<V> {}
