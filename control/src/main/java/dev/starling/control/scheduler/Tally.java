package dev.starling.control.scheduler;

import java.util.Arrays;

/** Counts of pods by the domains of one topology. */
final class Tally {
    private final Topology topology;
    private int[] counts = new int[4];
    private long total;

    Tally(Topology topology) {
        this.topology = topology;
    }

    Topology topology() {
        return topology;
    }

    /** Counts in a domain, unless it is none. */
    void add(int domain, int change) {
        if (domain == Topology.NONE) {
            return;
        }
        if (domain >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(domain + 1, 2 * counts.length));
        }
        counts[domain] += change;
        total += change;
    }

    int count(int domain) {
        return domain < counts.length ? counts[domain] : 0;
    }

    /** Of all domains together. */
    long total() {
        return total;
    }

    /** How much memory this takes, in numbers. */
    int weight() {
        return counts.length;
    }
}
