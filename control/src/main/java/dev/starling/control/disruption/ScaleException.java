package dev.starling.control.disruption;

/** How many pods there should be can't be told. */
final class ScaleException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ScaleException(String message) {
        super(message);
    }
}
