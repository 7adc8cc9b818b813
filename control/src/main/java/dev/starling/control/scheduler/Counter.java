package dev.starling.control.scheduler;

import java.util.Arrays;
import java.util.Optional;

/**
 * How many pods of a selection run in each domain of a topology, kept by increments. For spreading it counts only on
 * the nodes that take part, and knows how few pods the emptiest domain has.
 */
final class Counter {

    /** @param part which nodes take part; nothing for all that have the label */
    record Key(PodSelection pods, String topology, Optional<Participation> part) {
    }

    private final Key key;
    private final Tally tally;
    private boolean[] parts = new boolean[16]; // by the node's place
    private int[] members = new int[4]; // nodes that take part, by domain
    private int[] alike = new int[4]; // domains that take part, by their count
    private int domains;
    private int least;

    Counter(Key key, Topology topology) {
        this.key = key;
        this.tally = new Tally(topology);
    }

    Key key() {
        return key;
    }

    Tally tally() {
        return tally;
    }

    /** How many domains have a node that takes part. */
    int domains() {
        return domains;
    }

    /** The count of the emptiest domain; 0 if there is none. */
    int least() {
        return domains == 0 ? 0 : least;
    }

    /** A node came, with what it is: before its pods are counted. */
    void nodeCame(int node, NodeFacts facts) {
        int domain = tally.topology().domain(node);
        if (key.part().isEmpty() || domain == Topology.NONE || !key.part().get().includes(facts)) {
            return;
        }
        if (node >= parts.length) {
            parts = Arrays.copyOf(parts, Math.max(node + 1, 2 * parts.length));
        }
        parts[node] = true;
        members = fitting(members, domain);
        if (members[domain]++ == 0) {
            domains++;
            tellApart(tally.count(domain), 1);
        }
    }

    /** A node goes, when its pods are counted no more. */
    void nodeWent(int node) {
        int domain = tally.topology().domain(node);
        if (node >= parts.length || !parts[node]) {
            return;
        }
        parts[node] = false;
        if (--members[domain] == 0) {
            domains--;
            tellApart(tally.count(domain), -1);
        }
    }

    /** A pod of the selection came to a node, or left it. */
    void move(int node, int change) {
        if (key.part().isEmpty()) {
            tally.add(tally.topology().domain(node), change);
            return;
        }
        if (node >= parts.length || !parts[node]) {
            return;
        }
        int domain = tally.topology().domain(node);
        int before = tally.count(domain);
        tally.add(domain, change);
        alike = fitting(alike, before + Math.max(change, 0));
        alike[before]--;
        tellApart(before + change, 1);
    }

    private void tellApart(int count, int change) {
        alike = fitting(alike, count);
        alike[count] += change;
        if (change > 0 && (domains == 1 || count < least)) {
            least = count;
        }
        while (domains > 0 && (least >= alike.length || alike[least] == 0)) {
            least = least + 1 < alike.length ? least + 1 : 0;
        }
    }

    private static int[] fitting(int[] numbers, int place) {
        return place < numbers.length ? numbers : Arrays.copyOf(numbers, Math.max(place + 1, 2 * numbers.length));
    }

    int weight() {
        return tally.weight() + parts.length / 4 + members.length + alike.length;
    }
}
