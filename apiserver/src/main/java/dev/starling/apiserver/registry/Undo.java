package dev.starling.apiserver.registry;

import java.util.ArrayList;
import java.util.List;

/** What must be taken back if a write is not committed. Used by the thread of that write alone. */
public final class Undo {
    private final List<Runnable> steps = new ArrayList<>();

    /** Registers how to take back what was just reserved; done if the write is refused, fails, or is a dry run. */
    public void unlessCommitted(Runnable step) {
        steps.add(step);
    }

    void committed() {
        steps.clear();
    }

    void run() {
        steps.reversed().forEach(Runnable::run);
        steps.clear();
    }
}
