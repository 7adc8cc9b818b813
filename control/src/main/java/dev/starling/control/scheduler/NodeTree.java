package dev.starling.control.scheduler;

import java.util.Arrays;

/**
 * Nodes in a tournament: every inner place knows the best score below it and the most that is free below it of each
 * common resource. To change a node and to find the best one that has room takes steps in the logarithm of their
 * number.
 */
final class NodeTree {
    private static final int FIELDS = 1 + Dimensions.COMMON; // the score, then what is free

    private int leaves = 1; // a power of two
    private NodeSlot[] nodes = new NodeSlot[1];
    private long[] fixed = new long[1]; // the part of the score that does not depend on what runs there
    private long[] places = empty(1); // the root is 1, below n are 2n and 2n + 1; FIELDS numbers each
    private int[] vacant = {0};
    private int vacants = 1;

    private static long[] empty(int leaves) {
        var places = new long[2 * leaves * FIELDS];
        Arrays.fill(places, Score.NONE);
        return places;
    }

    /** Adds a node; gives its leaf. */
    int add(NodeSlot node, long fixedScore) {
        if (vacants == 0) {
            grow();
        }
        int leaf = vacant[--vacants];
        nodes[leaf] = node;
        fixed[leaf] = fixedScore;
        update(leaf);
        return leaf;
    }

    private void grow() {
        int before = leaves;
        leaves *= 2;
        nodes = Arrays.copyOf(nodes, leaves);
        fixed = Arrays.copyOf(fixed, leaves);
        vacant = new int[leaves];
        for (int leaf = leaves - 1; leaf >= before; leaf--) {
            vacant[vacants++] = leaf;
        }
        var old = places;
        places = empty(leaves);
        System.arraycopy(old, before * FIELDS, places, leaves * FIELDS, before * FIELDS);
        for (int at = leaves - 1; at > 0; at--) {
            summarize(at);
        }
    }

    void remove(int leaf) {
        int at = (leaves + leaf) * FIELDS;
        Arrays.fill(places, at, at + FIELDS, Score.NONE);
        rise(leaf);
        vacant[vacants++] = leaf;
    }

    /** The node is as it is now, with another fixed part. */
    void change(int leaf, NodeSlot node, long fixedScore) {
        nodes[leaf] = node;
        fixed[leaf] = fixedScore;
        update(leaf);
    }

    private void update(int leaf) {
        int at = (leaves + leaf) * FIELDS;
        var node = nodes[leaf];
        places[at] = fixed[leaf] + Score.free(node);
        for (int i = 0; i < Dimensions.COMMON; i++) {
            places[at + 1 + i] = node.free(i);
        }
        rise(leaf);
    }

    private void rise(int leaf) {
        for (int at = (leaves + leaf) / 2; at > 0; at /= 2) {
            summarize(at);
        }
    }

    private void summarize(int at) {
        int here = at * FIELDS;
        int left = 2 * at * FIELDS;
        for (int i = 0; i < FIELDS; i++) {
            places[here + i] = Math.max(places[left + i], places[left + FIELDS + i]);
        }
    }

    /** Offers nodes to a search, the best first, as long as one may be better than what it has. */
    void search(Search search, long bonus) {
        search(search, bonus, 1);
    }

    private void search(Search search, long bonus, int at) {
        int here = at * FIELDS;
        if (search.hopeless(places[here] + bonus) || lacks(search.demand(), here)) {
            return;
        }
        if (at >= leaves) {
            search.offer(nodes[at - leaves], places[here] + bonus);
            return;
        }
        int left = 2 * at;
        boolean rightFirst = places[(left + 1) * FIELDS] > places[left * FIELDS];
        search(search, bonus, rightFirst ? left + 1 : left);
        search(search, bonus, rightFirst ? left : left + 1);
    }

    private boolean lacks(long[] demand, int here) {
        for (int i = 0; i < Dimensions.COMMON; i++) {
            if (demand[i] > 0 && demand[i] > places[here + 1 + i]) {
                return true;
            }
        }
        return false;
    }
}
