package dev.starling.control;

import java.time.Duration;

/**
 * How the controllers work.
 *
 * @param certificate of the cluster's authority as PEM, published in every namespace; empty to publish none
 * @param workers of each controller
 * @param mostEndedPods that stay before the oldest are removed
 * @param autoscalerSync how often an autoscaler looks at its metrics. Upstream has 15 s, because its metrics are that
 *        old; here they are fresh, so looking more often scales sooner. Rates of {@code behavior} count by their own
 *        periods, whatever this is
 */
public record ControlSettings(String certificate, int workers, int mostEndedPods, Duration autoscalerSync) {
    public static final ControlSettings DEFAULT = new ControlSettings("", 4, 12_500, Duration.ofSeconds(5));

    public ControlSettings {
        if (workers < 1 || mostEndedPods < 0 || !autoscalerSync.isPositive()) {
            throw new IllegalArgumentException(
                    "workers and autoscalerSync must be positive, mostEndedPods not negative");
        }
    }

    public ControlSettings withCertificate(String pem) {
        return new ControlSettings(pem, workers, mostEndedPods, autoscalerSync);
    }
}
