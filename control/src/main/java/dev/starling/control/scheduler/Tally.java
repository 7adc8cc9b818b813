package dev.starling.control.scheduler;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntConsumer;

/** Counts of pods by the domains of one topology. */
final class Tally {
    private final Topology topology;
    private int[] counts = new int[4];
    private int[] alike = new int[4]; // domains by their count, where it is above 0
    private int filled; // domains with a count above 0
    private final BitSet full = new BitSet(); // these
    private int least; // of those
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
        int before = counts[domain];
        counts[domain] += change;
        total += change;
        full.set(domain, counts[domain] > 0);
        regroup(before, counts[domain]);
    }

    private void regroup(int before, int after) {
        if (before > 0) {
            alike[before]--;
            filled--;
        }
        if (after >= alike.length) {
            alike = Arrays.copyOf(alike, Math.max(after + 1, 2 * alike.length));
        }
        if (after > 0) {
            alike[after]++;
            least = filled == 0 ? after : Math.min(least, after);
            filled++;
        }
        while (filled > 0 && alike[least] == 0) {
            least++;
        }
    }

    /** How many domains have pods. */
    int filled() {
        return filled;
    }

    /** Calls with the place of each node in a domain that has pods. */
    void near(IntConsumer each) {
        for (int domain = full.nextSetBit(0); domain >= 0; domain = full.nextSetBit(domain + 1)) {
            topology.members(domain, each);
        }
    }

    /** No domain has a lower count. */
    int least() {
        return filled < topology.size() ? 0 : least;
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
        return counts.length + alike.length;
    }
}
