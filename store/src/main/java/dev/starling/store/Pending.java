package dev.starling.store;

import java.util.concurrent.CompletableFuture;

/** A task with the caller that waits for its answer. */
final class Pending<T> {

    private sealed interface Outcome {}

    private record Done(long revision) implements Outcome {}

    private record Failed(RuntimeException reason) implements Outcome {}

    private final T task;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    Pending(T task) {
        this.task = task;
    }

    T task() {
        return task;
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
