package dev.starling.control.scheduler;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * The domains that one node label makes: each value of the label is one as long as a node has it. The number of a
 * domain without nodes is given to the next that comes: no pods are counted in it any more.
 */
final class Topology {
    /** A topology of at most so many domains sorts nodes into groups; others are looked at node by node. */
    private static final int MOST_COARSE = 64;
    static final int NONE = -1;

    private final String key;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> values = new ArrayList<>(); // by domain
    private final Deque<Integer> vacant = new ArrayDeque<>(); // domains
    private int[] domains = new int[16]; // by the node's place
    private int[] next = new int[16]; // the next node of the same domain, by the node's place
    private int[] last = new int[16]; // the one before it
    private int[] first = new int[4]; // by domain

    Topology(String key) {
        this.key = key;
        Arrays.fill(domains, NONE);
        Arrays.fill(first, NONE);
    }

    String key() {
        return key;
    }

    boolean coarse() {
        return numbers.size() <= MOST_COARSE;
    }

    /** How many domains have nodes. */
    int size() {
        return numbers.size();
    }

    /** Notes the domain of a node; without a label it has none. */
    void note(int node, Map<String, String> labels) {
        if (node >= domains.length) {
            int before = domains.length;
            domains = Arrays.copyOf(domains, Math.max(node + 1, 2 * before));
            next = Arrays.copyOf(next, domains.length);
            last = Arrays.copyOf(last, domains.length);
            Arrays.fill(domains, before, domains.length, NONE);
        }
        if (domains[node] != NONE) {
            unlink(node, domains[node]);
        }
        boolean has = labels.containsKey(key);
        domains[node] = has ? numbers.computeIfAbsent(labels.get(key), this::number) : NONE;
        if (has) {
            link(node, domains[node]);
        }
    }

    private int number(String value) {
        if (!vacant.isEmpty()) {
            values.set(vacant.peek(), value);
            return vacant.pop();
        }
        values.add(value);
        return values.size() - 1;
    }

    private void link(int node, int domain) {
        if (domain >= first.length) {
            int before = first.length;
            first = Arrays.copyOf(first, Math.max(domain + 1, 2 * before));
            Arrays.fill(first, before, first.length, NONE);
        }
        next[node] = first[domain];
        last[node] = NONE;
        if (first[domain] != NONE) {
            last[first[domain]] = node;
        }
        first[domain] = node;
    }

    private void unlink(int node, int domain) {
        if (last[node] == NONE) {
            first[domain] = next[node];
        } else {
            next[last[node]] = next[node];
        }
        if (next[node] != NONE) {
            last[next[node]] = last[node];
        }
        if (first[domain] == NONE) {
            numbers.remove(values.get(domain));
            vacant.push(domain);
        }
    }

    /** Calls with the place of each node of a domain. */
    void members(int domain, IntConsumer each) {
        for (int node = domain < first.length ? first[domain] : NONE; node != NONE; node = next[node]) {
            each.accept(node);
        }
    }

    /** The number of the domain of a node, or {@link #NONE}. */
    int domain(int node) {
        return node < domains.length ? domains[node] : NONE;
    }
}
