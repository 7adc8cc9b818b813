package dev.starling.node.simulated;

import java.time.Duration;
import java.util.Set;

/**
 * The machine that is simulated.
 *
 * @param startDelay how long the start of a container takes
 * @param absentImages references that no registry has
 * @param machine which one of several it is, from 0: no two share identifiers or addresses of pods
 */
public record SimulationSettings(long cpuMillis, long memoryBytes, Duration startDelay, Set<String> absentImages,
        int machine) {
    /** The most machines side by side. */
    public static final int MOST_MACHINES = 8_000;
    /** The most pods that a machine has addresses for. */
    public static final int MOST_PODS = 500;
    private static final long DEFAULT_CPU_MILLIS = 64_000;
    private static final long DEFAULT_MEMORY_BYTES = 256L << 30;

    public static final SimulationSettings DEFAULT =
        new SimulationSettings(DEFAULT_CPU_MILLIS, DEFAULT_MEMORY_BYTES, Duration.ZERO, Set.of());

    public SimulationSettings {
        absentImages = Set.copyOf(absentImages);
        if (machine < 0 || machine >= MOST_MACHINES) {
            throw new IllegalArgumentException("there is no simulated machine " + machine);
        }
    }

    /** The only machine. */
    public SimulationSettings(long cpuMillis, long memoryBytes, Duration startDelay, Set<String> absentImages) {
        this(cpuMillis, memoryBytes, startDelay, absentImages, 0);
    }

    public SimulationSettings startingIn(Duration delay) {
        return new SimulationSettings(cpuMillis, memoryBytes, delay, absentImages, machine);
    }

    public SimulationSettings numbered(int number) {
        return new SimulationSettings(cpuMillis, memoryBytes, startDelay, absentImages, number);
    }
}
