package dev.starling.node.simulated;

import java.time.Duration;
import java.util.Set;

/**
 * The machine that is simulated.
 *
 * @param startDelay how long the start of a container takes
 * @param absentImages references that no registry has
 */
public record SimulationSettings(long cpuMillis, long memoryBytes, Duration startDelay, Set<String> absentImages) {
    private static final long DEFAULT_CPU_MILLIS = 64_000;
    private static final long DEFAULT_MEMORY_BYTES = 256L << 30;

    public static final SimulationSettings DEFAULT =
        new SimulationSettings(DEFAULT_CPU_MILLIS, DEFAULT_MEMORY_BYTES, Duration.ZERO, Set.of());

    public SimulationSettings {
        absentImages = Set.copyOf(absentImages);
    }

    public SimulationSettings startingIn(Duration delay) {
        return new SimulationSettings(cpuMillis, memoryBytes, delay, absentImages);
    }
}
