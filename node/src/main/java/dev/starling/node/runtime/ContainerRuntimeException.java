package dev.starling.node.runtime;

/** A call of the runtime failed; the kinds say what can be done about it. */
public sealed class ContainerRuntimeException extends RuntimeException
    permits ImagePullException, NotFoundException, RuntimeUnavailableException, StartException, UnsupportedException {
    private static final long serialVersionUID = 1;

    public ContainerRuntimeException(String message) {
        super(message);
    }

    public ContainerRuntimeException(String message, Throwable cause) {
        super(message, cause);
    }
}
