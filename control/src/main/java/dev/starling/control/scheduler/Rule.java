package dev.starling.control.scheduler;

/**
 * What a pod requires of the count in a node's domain.
 *
 * @param least the fewest that may be there
 * @param most the most that may be there
 * @param free whether a node without a domain is as good as one that meets this
 * @param objection against a node that has another count
 * @param homeless the objection against a node without a domain
 */
record Rule(Tally tally, Range range, boolean free, Objection objection, Objection homeless) {

    record Range(long least, long most) {
        static final Range NONE = new Range(0, 0);
        static final Range SOME = new Range(1, Long.MAX_VALUE);
        static final Range ANY = new Range(0, Long.MAX_VALUE);
    }

    /** Whether pods that come can make it admit more: company that is sought, or pods in the emptiest domain. */
    boolean loosens() {
        return objection.kind() == Objection.Kind.POD_AFFINITY || objection.kind() == Objection.Kind.SPREAD;
    }

    boolean admits(int domain) {
        if (domain == Topology.NONE) {
            return free;
        }
        int count = tally.count(domain);
        return count >= range.least() && count <= range.most();
    }
}
