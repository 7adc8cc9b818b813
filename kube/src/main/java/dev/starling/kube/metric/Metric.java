package dev.starling.kube.metric;

import java.util.Map;

/**
 * One number of {@code /metrics}.
 *
 * @param name in Prometheus' spelling, in which a counter ends with {@code _total}
 * @param labels from a closed set, so that their number is bounded
 */
public record Metric(String name, Kind kind, String help, Map<String, String> labels, long value) {

    /** Whether a number only rises. */
    public enum Kind { COUNTER, GAUGE }

    public Metric {
        labels = Map.copyOf(labels);
    }

    /** A number that only rises. */
    public static Metric counter(String name, String help, Map<String, String> labels, long value) {
        return new Metric(name, Kind.COUNTER, help, labels, value);
    }

    /** A number as it is now. */
    public static Metric gauge(String name, String help, Map<String, String> labels, long value) {
        return new Metric(name, Kind.GAUGE, help, labels, value);
    }
}
