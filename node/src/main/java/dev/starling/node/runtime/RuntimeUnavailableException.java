package dev.starling.node.runtime;

/** The runtime can't be reached, or failed in itself; the call may succeed later. */
public final class RuntimeUnavailableException extends ContainerRuntimeException {
    private static final long serialVersionUID = 1;

    public RuntimeUnavailableException(String message) {
        super(message);
    }

    public RuntimeUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
