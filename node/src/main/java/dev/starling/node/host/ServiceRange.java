package dev.starling.node.host;

/** The addresses of Services: a range that nothing on this machine uses when an instance starts for the first time. */
public final class ServiceRange {
    private static final int FIRST_CHOICE = 128;

    private ServiceRange() {
    }

    /**
     * The first of 10.128.0.0/16 to 10.191.0.0/16 that overlaps nothing in use. The search starts at a place of the
     * instance's own, so that two that start at once rarely meet.
     */
    public static String choose(InstanceNames names) {
        int start = Integer.parseUnsignedInt(names.key().substring(2, 4), 16);
        return FreeRange.find(FIRST_CHOICE, start, PodNetwork.used()).toString();
    }
}
