package dev.starling.apiserver.schema;

/** A value that the type of its field cannot hold; the message is worded as upstream's decoder does. */
public final class DecodingException extends RuntimeException {
    DecodingException(String message) {
        super(message, null, false, false);
    }
}
