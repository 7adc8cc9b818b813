package dev.starling.store;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

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
        return answer(outcome.join());
    }

    /**
     * Waits for the answer for some time, interrupted or not.
     *
     * @throws StoreUnavailableException if there is none in time
     */
    void await(Duration most) {
        try {
            answer(outcome.copy().orTimeout(most.toMillis(), TimeUnit.MILLISECONDS).join());
        } catch (CompletionException late) {
            throw new StoreUnavailableException("the disk does not answer within " + most.toMillis() + " ms", late);
        }
    }

    private static long answer(Outcome outcome) {
        return switch (outcome) {
            case Done done -> done.revision();
            case Failed failed -> throw failed.reason();
        };
    }
}
