package dev.starling.kube.json;

/** A whole JSON number within 64 bits. */
public record JsonLong(long value) implements Json {
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
