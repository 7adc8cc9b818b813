package dev.starling.node.pod;

/** Something that a container's configuration refers to is not there (yet); the message is upstream's. */
public final class MissingConfigException extends RuntimeException {
    public MissingConfigException(String message) {
        super(message, null, false, false);
    }
}
