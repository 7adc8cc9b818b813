package dev.starling.control;

import dev.starling.kube.net.AddressRange;
import java.time.Duration;
import java.util.Optional;

/**
 * How the controllers work.
 *
 * @param certificate of the cluster's authority as PEM, published in every namespace; empty to publish none
 * @param workers of each controller
 * @param mostEndedPods that stay before the oldest are removed
 * @param autoscalerSync how often an autoscaler looks at its metrics. Upstream has 15 s, because its metrics are that
 *        old; here they are fresh, so looking more often scales sooner. Rates of {@code behavior} count by their own
 *        periods, whatever this is
 * @param balanced from where Services of type LoadBalancer get addresses; without it nobody here gives them any
 */
public record ControlSettings(String certificate, int workers, int mostEndedPods, Duration autoscalerSync,
        Optional<AddressRange> balanced) {
    public static final ControlSettings DEFAULT = new ControlSettings("", 4, 12_500, Duration.ofSeconds(5),
            Optional.empty());

    public ControlSettings {
        if (workers < 1 || mostEndedPods < 0 || !autoscalerSync.isPositive()) {
            throw new IllegalArgumentException(
                    "workers and autoscalerSync must be positive, mostEndedPods not negative");
        }
    }

    public ControlSettings withCertificate(String pem) {
        return new ControlSettings(pem, workers, mostEndedPods, autoscalerSync, balanced);
    }

    public ControlSettings withBalanced(Optional<AddressRange> range) {
        return new ControlSettings(certificate, workers, mostEndedPods, autoscalerSync, range);
    }
}
