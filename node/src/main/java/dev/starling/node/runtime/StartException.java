package dev.starling.node.runtime;

/** A sandbox or container can't be created or started; the message is the runtime's. */
public final class StartException extends ContainerRuntimeException {
    private static final long serialVersionUID = 1;

    public StartException(String message) {
        super(message);
    }

    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
