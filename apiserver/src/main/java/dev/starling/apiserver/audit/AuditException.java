package dev.starling.apiserver.audit;

/** A policy that makes no sense, or a log that can't be written. The message is one line. */
public final class AuditException extends RuntimeException {
    AuditException(String message) {
        super(message);
    }
}
