package dev.starling.control.workload;

import java.time.Duration;

/** How often a controller counts what it looks after. */
public final class Pace {
    private static final int PER_MILLI = 20;
    private static final int LONGEST_MS = 500;

    private Pace() {
    }

    /** The counts of many change all the time, and counting takes as long as there are many; few need no rest. */
    public static Duration rest(int counted) {
        return Duration.ofMillis(Math.min(counted / PER_MILLI, LONGEST_MS));
    }
}
