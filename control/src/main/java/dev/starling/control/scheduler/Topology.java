package dev.starling.control.scheduler;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The domains that one node label makes: each value of the label is one, numbered as it is first seen. */
final class Topology {
    /** A topology of at most so many domains sorts nodes into groups; others are looked at node by node. */
    private static final int MOST_COARSE = 64;
    static final int NONE = -1;

    private final String key;
    private final Map<String, Integer> numbers = new HashMap<>();
    private int[] domains = new int[16]; // by the node's place

    Topology(String key) {
        this.key = key;
        Arrays.fill(domains, NONE);
    }

    String key() {
        return key;
    }

    boolean coarse() {
        return numbers.size() <= MOST_COARSE;
    }

    /** How many domains were ever seen. */
    int size() {
        return numbers.size();
    }

    /** Notes the domain of a node; without a label it has none. */
    void note(int node, Map<String, String> labels) {
        if (node >= domains.length) {
            int before = domains.length;
            domains = Arrays.copyOf(domains, Math.max(node + 1, 2 * before));
            Arrays.fill(domains, before, domains.length, NONE);
        }
        boolean has = labels.containsKey(key);
        domains[node] = has ? numbers.computeIfAbsent(labels.get(key), value -> numbers.size()) : NONE;
    }

    /** The number of the domain of a node, or {@link #NONE}. */
    int domain(int node) {
        return node < domains.length ? domains[node] : NONE;
    }
}
