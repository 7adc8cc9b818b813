package dev.starling.apiserver.webhook;

/** A webhook gave no answer that could be read. The message tells why, in one line. */
public final class WebhookException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public WebhookException(String message) {
        super(message);
    }

    public WebhookException(String message, Throwable cause) {
        super(message, cause);
    }
}
