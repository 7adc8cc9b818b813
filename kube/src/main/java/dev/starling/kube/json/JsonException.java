package dev.starling.kube.json;

/** A text that is not JSON. The message is one line, fit for a user. */
public final class JsonException extends RuntimeException {
    public JsonException(String message) {
        super(message);
    }
}
