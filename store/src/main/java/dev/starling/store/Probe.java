package dev.starling.store;

/** Asks the commit writer whether it still writes and the disk still takes what it writes. */
record Probe<V>() implements Task<V> {}
