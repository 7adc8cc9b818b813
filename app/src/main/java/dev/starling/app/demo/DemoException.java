package dev.starling.app.demo;

/** The story can't go on; the message is one line that says why. */
public final class DemoException extends RuntimeException {
    DemoException(String message) {
        super(message);
    }
}
