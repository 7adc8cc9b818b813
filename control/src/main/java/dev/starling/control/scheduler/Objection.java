package dev.starling.control.scheduler;

/**
 * Why a node can't take a pod, worded as upstream's scheduler does.
 *
 * @param text as it stands after a count in the pod's condition
 * @param resource the name of the resource that is short, else empty
 */
record Objection(Kind kind, String text, String resource) {

    /** What would have to change. */
    enum Kind {
        UNSCHEDULABLE(false), NO_PROFILE(false), TAINT(false), NODE_AFFINITY(false), PORTS(true), RESOURCE(true),
        NEVER_ENOUGH(false), VOLUME(false), SPREAD(true), SPREAD_LABEL(false), POD_AFFINITY(false),
        ANTI_AFFINITY(true), EXISTING_ANTI_AFFINITY(true), GANG(false);

        private final boolean preemptible;

        Kind(boolean preemptible) {
            this.preemptible = preemptible;
        }

        /** Whether pods that go away from the node can help. */
        boolean preemptible() {
            return preemptible;
        }
    }

    static final Objection UNSCHEDULABLE = of(Kind.UNSCHEDULABLE, "node(s) were unschedulable");
    static final Objection NO_PROFILE = of(Kind.NO_PROFILE, "no Fargate profile selects this pod");
    static final Objection NODE_AFFINITY = of(Kind.NODE_AFFINITY, "node(s) didn't match Pod's node affinity/selector");
    static final Objection PORTS =
            of(Kind.PORTS, "node(s) didn't have free ports for the requested pod ports");
    static final Objection VOLUME_NODE = of(Kind.VOLUME, "node(s) didn't match PersistentVolume's node affinity");
    static final Objection SPREAD = of(Kind.SPREAD, "node(s) didn't match pod topology spread constraints");
    static final Objection SPREAD_LABEL = of(Kind.SPREAD_LABEL,
            "node(s) didn't match pod topology spread constraints (missing required label)");
    static final Objection POD_AFFINITY = of(Kind.POD_AFFINITY, "node(s) didn't match pod affinity rules");
    static final Objection ANTI_AFFINITY = of(Kind.ANTI_AFFINITY, "node(s) didn't match pod anti-affinity rules");
    static final Objection EXISTING_ANTI_AFFINITY =
            of(Kind.EXISTING_ANTI_AFFINITY, "node(s) didn't satisfy existing pods anti-affinity rules");

    private static Objection of(Kind kind, String text) {
        return new Objection(kind, text, "");
    }

    static Objection taint(Taints.Taint taint) {
        return of(Kind.TAINT, "node(s) had untolerated taint {" + taint.key() + ": " + taint.value() + "}");
    }

    /** @param ever whether the node would have enough if nothing else ran there */
    static Objection lacking(String resource, boolean ever) {
        String text = resource.equals("pods") ? "Too many pods" : "Insufficient " + resource;
        return new Objection(ever ? Kind.RESOURCE : Kind.NEVER_ENOUGH, text, resource);
    }
}
