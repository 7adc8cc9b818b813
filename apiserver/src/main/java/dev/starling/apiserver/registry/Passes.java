package dev.starling.apiserver.registry;

import java.util.HashSet;
import java.util.Set;

/**
 * The way of one write through the stations that may change it: once, and once more if a webhook or a policy has
 * changed it. Then those are called again that asked for it and had been called before a change. Used by the thread of
 * that write alone.
 */
public final class Passes {
    private final Set<String> called = new HashSet<>();
    private final Set<String> due = new HashSet<>();
    private boolean wanted;
    private boolean second;

    /** A webhook or a policy has changed what the stations had made ready. */
    public void changed() {
        wanted = true;
        due.addAll(called);
        called.clear();
    }

    /** Somebody who wants to see later changes has seen the write. */
    public void called(String who) {
        called.add(who);
    }

    /** Whether it is somebody's turn: in the second pass only of who is to see changes. */
    public boolean calls(String who) {
        return !second || due.contains(who);
    }

    /** 0 for the first pass, 1 for the second. */
    public int number() {
        return second ? 1 : 0;
    }

    /** True once, if a second pass is wanted. */
    boolean next() {
        boolean next = wanted && !second;
        second |= next;
        return next;
    }
}
