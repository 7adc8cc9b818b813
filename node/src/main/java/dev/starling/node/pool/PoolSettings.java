package dev.starling.node.pool;

import java.util.List;

/**
 * @param warm how many sandboxes of each shape wait for pods
 * @param shapes of which sandboxes are kept warm
 * @param concurrentStarts how many sandboxes and containers are made at once; more only adds queueing
 * @param pods the most pods at once
 * @param reservedCpuMillis of the host that pods can't have
 * @param reservedMemoryBytes of the host that pods can't have
 */
public record PoolSettings(int warm, List<Shape> shapes, int concurrentStarts, int pods, long reservedCpuMillis,
        long reservedMemoryBytes) {
    public static final PoolSettings DEFAULT =
            new PoolSettings(2, List.of(Shape.PLAIN), 4, 110, 100, 512L << 20);

    public PoolSettings {
        shapes = List.copyOf(shapes);
        if (warm < 0 || concurrentStarts < 1 || pods < 1 || reservedCpuMillis < 0 || reservedMemoryBytes < 0) {
            throw new IllegalArgumentException("warm and reserves can't be negative; starts and pods are at least 1");
        }
    }

    public PoolSettings withWarm(int count) {
        return new PoolSettings(count, shapes, concurrentStarts, pods, reservedCpuMillis, reservedMemoryBytes);
    }

    public PoolSettings withPods(int most) {
        return new PoolSettings(warm, shapes, concurrentStarts, most, reservedCpuMillis, reservedMemoryBytes);
    }

    /** All of the machine is for pods. */
    public PoolSettings withoutReserves() {
        return new PoolSettings(warm, shapes, concurrentStarts, pods, 0, 0);
    }
}
