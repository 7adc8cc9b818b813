package dev.starling.apiserver.encryption;

/** Settings that make no sense, or an object that does not decrypt. The message is one line, without secrets. */
public final class EncryptionException extends RuntimeException {
    EncryptionException(String message) {
        super(message);
    }

    @Override
    public String toString() {
        return getMessage();
    }
}
