package dev.starling.node.simulated;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a simulated container does. Labels and annotations of the container choose it; an annotation wins.
 *
 * @param runFor how long it runs; empty for ever
 * @param startError why it can't be started; empty if it can
 * @param cpuMillis what it uses while it runs, in thousandths of a core
 */
record Behaviour(Optional<Duration> runFor, int exitCode, String startError, long cpuMillis, long memoryBytes) {
    static final String PREFIX = "simulation.starling.dev/";

    static Behaviour of(Map<String, String> labels, Map<String, String> annotations) {
        Map<String, String> all = new HashMap<>(labels);
        all.putAll(annotations);
        return new Behaviour(Optional.ofNullable(all.get(PREFIX + "run-for")).map(Behaviour::duration),
            (int) number(all, "exit-code"), all.getOrDefault(PREFIX + "start-error", ""),
            number(all, "cpu-millis"), number(all, "memory-bytes"));
    }

    private static long number(Map<String, String> all, String key) {
        return Long.parseLong(all.getOrDefault(PREFIX + key, "0"));
    }

    /** Reads {@code 90s}, {@code 5m} or {@code 1h30m}. */
    private static Duration duration(String text) {
        return Duration.parse("PT" + text.toUpperCase(java.util.Locale.ROOT));
    }
}
