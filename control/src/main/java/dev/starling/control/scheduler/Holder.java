package dev.starling.control.scheduler;

/**
 * How many pods in each domain hold one term that concerns other pods: no pod that it selects may come near, or is
 * better, or worse, near.
 */
final class Holder {

    /**
     * @param pods whom the term is about
     * @param weight of a wish: above 0 for nearness, below for distance; 0 where it is no wish but a ban
     */
    record Key(PodSelection pods, String topology, long weight) {
        boolean bans() {
            return weight == 0;
        }
    }

    private final Key key;
    private final Tally tally;
    private int pods;

    Holder(Key key, Topology topology) {
        this.key = key;
        this.tally = new Tally(topology);
    }

    Key key() {
        return key;
    }

    Tally tally() {
        return tally;
    }

    /** A pod that holds the term came to a node, or left it. */
    void move(int node, int change) {
        pods += change;
        tally.add(tally.topology().domain(node), change);
    }

    boolean unused() {
        return pods == 0;
    }
}
