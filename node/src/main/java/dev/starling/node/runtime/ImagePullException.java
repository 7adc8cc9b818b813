package dev.starling.node.runtime;

/** An image can't be had; the message is the registry's. */
public final class ImagePullException extends ContainerRuntimeException {
    private static final long serialVersionUID = 1;

    public ImagePullException(String message) {
        super(message);
    }

    public ImagePullException(String message, Throwable cause) {
        super(message, cause);
    }
}
