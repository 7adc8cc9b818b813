package dev.starling.node.agent;

/** Why the node ends a pod that nobody deleted: the reason and message of its Failed phase; empty for no such end. */
record Ending(String reason, String message) {
    static final Ending NONE = new Ending("", "");

    boolean none() {
        return reason.isEmpty();
    }
}
