package dev.starling.node.pool;

import dev.starling.node.pod.Resources;

/** What the pool has, and how much of it pods can have. */
public record Capacity(Resources total, Resources allocatable, int pods) {
}
