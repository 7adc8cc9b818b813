package dev.starling.node.runtime;

/** No sandbox, container or image has this id. */
public final class NotFoundException extends ContainerRuntimeException {
    private static final long serialVersionUID = 1;

    public NotFoundException(String message) {
        super(message);
    }

    public NotFoundException(String message, Throwable cause) {
        super(message, cause);
    }
}
