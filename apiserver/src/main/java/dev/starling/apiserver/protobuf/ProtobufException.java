package dev.starling.apiserver.protobuf;

/** Bytes that are no message of the expected kind. The message is one line, fit for a user. */
public final class ProtobufException extends RuntimeException {
    ProtobufException(String message) {
        super(message, null, false, false);
    }
}
