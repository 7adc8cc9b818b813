package dev.starling.kube.json;

import org.jspecify.annotations.Nullable;

/**
 * Where the text of an object stands that may not have been read yet. Thread-safe: two threads that race to read it
 * make equal objects, and an object is whole to whoever sees it.
 */
final class UnreadObject {
    private final byte[] text;
    private final int from;
    private final int to;
    private @Nullable JsonObject read; // each thread reads it for itself, or sees what another one has read

    UnreadObject(byte[] text, int from, int to) {
        this.text = text;
        this.from = from;
        this.to = to;
    }

    /** The fields; objects below them are unread again. */
    JsonObject read() {
        var known = read;
        if (known == null) {
            known = LevelReader.object(text, from);
            read = known;
        }
        return known;
    }

    void copy(CompactText into) {
        into.copy(text, from, to);
    }
}
