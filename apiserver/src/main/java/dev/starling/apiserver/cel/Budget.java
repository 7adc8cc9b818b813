package dev.starling.apiserver.cel;

/** What evaluations may still cost, in steps. Shared by the expressions of one request; used by one thread. */
public final class Budget {
    /** What one evaluation may cost at most. */
    public static final long ONE_CALL = 1_000_000;
    /** What all rules of one object may cost together. */
    public static final long ONE_OBJECT = 10_000_000;

    private long left; // used by one thread

    public Budget(long units) {
        this.left = units;
    }

    public long left() {
        return left;
    }

    void spend(long units) {
        left -= units;
    }
}
