package dev.starling.app.up;

import dev.starling.app.options.Arguments;
import dev.starling.app.options.Arguments.UsageException;
import dev.starling.kube.object.Quantity;
import dev.starling.node.simulated.SimulationSettings;
import java.util.Optional;
import java.util.Set;

/**
 * How large the pool is.
 *
 * @param warm how many sandboxes wait for pods on each node
 * @param nodes how many virtual nodes there are; more than one only where they are simulated
 * @param size of each simulated node; without it the usual one
 */
public record PoolOptions(int warm, int nodes, Optional<Size> size) {
    public static final PoolOptions USUAL = new PoolOptions(2, 1, Optional.empty());
    private static final String WARM = "--warm";
    private static final String NODES = "--nodes";
    private static final String SIZE = "--node-size";
    static final Set<String> OPTIONS = Set.of(WARM, NODES, SIZE);

    public PoolOptions {
        if (warm < 0 || warm > 100) {
            throw new UsageException(WARM + ": " + warm + " is not between 0 and 100");
        }
        if (nodes < 1 || nodes > SimulationSettings.MOST_MACHINES) {
            throw new UsageException(NODES + ": " + nodes + " is not between 1 and "
                    + SimulationSettings.MOST_MACHINES);
        }
    }

    /** What pods can have of one node. */
    public record Size(long cpuMillis, long memoryBytes, int pods) {
        public Size {
            if (cpuMillis < 1 || memoryBytes < 1 || pods < 1 || pods > SimulationSettings.MOST_PODS) {
                throw new UsageException(SIZE + ": a node has more than no processor and memory, and 1 to "
                        + SimulationSettings.MOST_PODS + " pods");
            }
        }

        /** Reads {@code 4,32Gi,110}. */
        static Size parse(String text) {
            var parts = text.split(",", -1);
            if (parts.length != 3) {
                throw new UsageException(SIZE + " takes CPU,MEMORY,PODS such as 4,32Gi,110, not " + text);
            }
            try {
                return new Size(Quantity.parse(parts[0]).millis(), Quantity.parse(parts[1]).units(),
                        UpSettings.whole(SIZE, parts[2]));
            } catch (IllegalArgumentException e) {
                throw new UsageException(SIZE + ": " + e.getMessage());
            }
        }
    }

    static PoolOptions of(Arguments arguments, UpSettings.Runtime runtime) {
        for (String option : Set.of(NODES, SIZE)) {
            if (arguments.find(option).isPresent() && runtime != UpSettings.Runtime.SIMULATED) {
                throw new UsageException(option
                        + " is for --runtime simulated: this machine is one node of its own size");
            }
        }
        return new PoolOptions(arguments.find(WARM).map(n -> UpSettings.whole(WARM, n)).orElse(USUAL.warm()),
                arguments.find(NODES).map(n -> UpSettings.whole(NODES, n)).orElse(USUAL.nodes()),
                arguments.find(SIZE).map(Size::parse));
    }

    PoolOptions withWarm(int count) {
        return new PoolOptions(count, nodes, size);
    }
}
