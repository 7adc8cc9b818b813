package dev.starling.apiserver.access.remote;

import java.time.Duration;

/**
 * How an authorization webhook is asked.
 *
 * @param allowedFor how long an allowance is remembered
 * @param refusedFor how long a refusal is remembered
 * @param most answers that are remembered
 */
public record WebhookSettings(Duration timeout, Duration allowedFor, Duration refusedFor, int most) {
    public static final WebhookSettings DEFAULT = new WebhookSettings(Duration.ofSeconds(10), Duration.ofMinutes(5),
            Duration.ofSeconds(30), 4096);

    public WebhookSettings {
        if (!timeout.isPositive() || most < 1) {
            throw new IllegalArgumentException("a webhook needs time and room: " + timeout + ", " + most);
        }
    }
}
