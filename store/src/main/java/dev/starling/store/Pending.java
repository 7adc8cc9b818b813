package dev.starling.store;

import java.util.concurrent.CompletableFuture;

/** A task with the caller that waits for its answer. */
final class Pending<V> {

    private sealed interface Outcome {}

    private record Done(long revision) implements Outcome {}

    private record Failed(RuntimeException reason) implements Outcome {}

    private final Task<V> task;
    private final long dueMs;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    /** @param dueMs the time of day at which the task must not wait any longer */
    Pending(Task<V> task, long dueMs) {
        this.task = task;
        this.dueMs = dueMs;
    }

    Task<V> task() {
        return task;
    }

    long dueMs() {
        return dueMs;
    }

    boolean answered() {
        return outcome.isDone();
    }

    void done(long revision) {
        outcome.complete(new Done(revision));
    }

    void failed(RuntimeException reason) {
        outcome.complete(new Failed(reason));
    }

    /** Waits for the answer, interrupted or not. */
    long await() {
        return switch (outcome.join()) {
            case Done done -> done.revision();
            case Failed failed -> throw failed.reason();
        };
    }
}
