package dev.starling.control.scheduler;

/** The places of the nodes that changed, the newest last; the oldest are forgotten. */
final class ChangeLog {
    private static final int LENGTH = 1 << 14;

    private final int[] places = new int[LENGTH];
    private long end;

    void add(int place) {
        places[(int) (end++ & LENGTH - 1)] = place;
    }

    /** One more than the number of the newest entry. */
    long end() {
        return end;
    }

    /** Whether all entries from a number on are still known. */
    boolean reaches(long from) {
        return end - from <= LENGTH;
    }

    int at(long number) {
        return places[(int) (number & LENGTH - 1)];
    }
}
