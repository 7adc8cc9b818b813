package dev.starling.control.scheduler;

/**
 * What the count in a node's domain is worth: nothing at {@code base}, and the more above it the nearer to the whole
 * weight; half of it at {@code half} more. So one wish never outweighs two equal ones, however many pods there are.
 *
 * @param weight below 0 where few are better
 * @param homeless what a node without a domain is worth, in thousandths of weight
 */
record Wish(Tally tally, long weight, long base, long half, long homeless) {

    /** In thousandths of weight. */
    long worth(int domain) {
        return domain == Topology.NONE ? homeless : worthOf(tally.count(domain));
    }

    private long worthOf(int count) {
        long above = Math.max(0, count - base);
        return Score.THOUSAND * weight * above / (above + half);
    }

    /** The most that any node with a domain can be worth. */
    long most() {
        return weight > 0 ? Score.THOUSAND * weight : worthOf(tally.least());
    }
}
