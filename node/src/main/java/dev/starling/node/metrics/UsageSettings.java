package dev.starling.node.metrics;

import java.time.Duration;

/** @param every how often all pods are sampled; also the window of the figures */
public record UsageSettings(Duration every) {
    public static final UsageSettings DEFAULT = new UsageSettings(Duration.ofSeconds(5));

    public UsageSettings {
        if (every.isNegative() || every.isZero()) {
            throw new IllegalArgumentException("the interval of samples must be positive");
        }
    }
}
