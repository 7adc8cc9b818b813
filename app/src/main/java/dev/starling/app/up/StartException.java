package dev.starling.app.up;

/** The server can't start; the message is one line that says why, and what helps. */
public final class StartException extends RuntimeException {
    StartException(String message, Throwable cause) {
        super(message, cause);
    }

    StartException(String message) {
        super(message);
    }
}
