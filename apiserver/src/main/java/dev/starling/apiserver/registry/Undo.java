package dev.starling.apiserver.registry;

import java.util.ArrayList;
import java.util.List;

/**
 * What must be taken back if a write is not committed, and what follows once it is. Used by the thread of that write
 * alone.
 */
public final class Undo {
    private final List<Runnable> steps = new ArrayList<>();
    private final List<Runnable> sequels = new ArrayList<>();

    /** Registers how to take back what was just reserved; done if the write is refused, fails, or is a dry run. */
    public void unlessCommitted(Runnable step) {
        steps.add(step);
    }

    /** Registers what to do once the write is committed; it must return quickly. */
    public void onceCommitted(Runnable sequel) {
        sequels.add(sequel);
    }

    void committed() {
        steps.clear();
        sequels.forEach(Runnable::run);
        sequels.clear();
    }

    void run() {
        steps.reversed().forEach(Runnable::run);
        steps.clear();
        sequels.clear();
    }
}
