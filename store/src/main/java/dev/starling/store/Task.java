package dev.starling.store;

/** What callers hand to the commit writer. */
sealed interface Task<V> permits Write, Compaction, Probe {}
