package dev.starling.apiserver.webhook;

import dev.starling.kube.json.JsonObject;
import java.time.Duration;

/** Asks webhooks. Blocks, so that it is never called under a lock or by the thread that commits. Thread-safe. */
@FunctionalInterface
public interface Webhooks {
    /** Reaches none. */
    Webhooks NONE = (target, review, most) -> {
        throw new WebhookException("no webhook can be called here");
    };

    /**
     * What a webhook answers to a review.
     *
     * @param most how long it may take in all
     * @throws WebhookException if it cannot be reached, is too slow, or answers no object; the caller's failure policy
     *     decides what follows
     */
    JsonObject call(WebhookTarget target, JsonObject review, Duration most);
}
