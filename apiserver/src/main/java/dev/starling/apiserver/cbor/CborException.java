package dev.starling.apiserver.cbor;

/** Bytes that are no CBOR, or hold what JSON has no word for. */
public final class CborException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CborException(String message) {
        super(message, null, false, false);
    }
}
