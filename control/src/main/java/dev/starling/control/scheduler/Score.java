package dev.starling.control.scheduler;

/**
 * How well a pod would stand on a node, as one number: wishes first, then images that are there and the shares of CPU
 * and memory that stay free. A wish of weight 1 is worth more than everything that is no wish.
 */
final class Score {
    /** Of a place that is no node. */
    static final long NONE = Long.MIN_VALUE / 4;
    /** Below that of every node, and far above {@link #NONE}, whatever is added to it. */
    static final long WORST = NONE / 2;
    /** Wishes count in thousandths of their weight. */
    static final long THOUSAND = 1_000;
    private static final long WISH = 1 << 13;
    private static final long SHARE = 1_000;

    private Score() {
    }

    /** @param thousandths of weights */
    static long wishes(long thousandths) {
        return thousandths * WISH;
    }

    /** What is free of one resource, in thousandths of all. */
    static long share(long free, long all) {
        return all <= 0 ? 0 : Math.clamp(SHARE * free / all, -SHARE, SHARE);
    }

    /** What a pod with this demand takes of a node of this size, in the same measure. */
    static long taken(Demand demand, NodeIndex.Size size) {
        return share(demand.amount(Dimensions.CPU), size.cpu()) + share(demand.amount(Dimensions.MEMORY),
                size.memory());
    }

    /** What is free of a node. */
    static long free(NodeSlot node) {
        return share(node.free(Dimensions.CPU), node.facts().allocatable(Dimensions.CPU))
                + share(node.free(Dimensions.MEMORY), node.facts().allocatable(Dimensions.MEMORY));
    }
}
