package dev.starling.node.runtime;

/** The runtime does not have what was asked of it, and will not have it later. */
public final class UnsupportedException extends ContainerRuntimeException {
    private static final long serialVersionUID = 1;

    public UnsupportedException(String message, Throwable cause) {
        super(message, cause);
    }
}
