package dev.starling.control.autoscaler;

/** A metric that can't be computed now: the reason of a condition, and what it says. */
final class MetricException extends RuntimeException {
    private final String reason;

    MetricException(String reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
