package dev.starling.apiserver.registry;

import java.util.HashSet;
import java.util.Set;

/**
 * The way of one write through the stations that may change it: once, and once more if a webhook asks for it. Used by
 * the thread of that write alone.
 */
public final class Passes {
    private final Set<String> due = new HashSet<>();
    private boolean wanted;
    private boolean second;

    /** Asks for a second pass: a webhook has changed what the stations had made ready. */
    public void repeat() {
        wanted = true;
    }

    /** A webhook wants to be called in the second pass. */
    public void due(String hook) {
        due.add(hook);
    }

    public boolean isDue(String hook) {
        return due.contains(hook);
    }

    public boolean second() {
        return second;
    }

    /** True once, if a second pass is wanted. */
    boolean next() {
        boolean next = wanted && !second;
        second |= next;
        return next;
    }
}
