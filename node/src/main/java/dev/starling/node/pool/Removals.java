package dev.starling.node.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * What is to be taken away, and need not be at once: it waits until nothing starts, but not for long, and not many.
 * Bounded by the pods of the node, each of which is removed once. Owned by the pool, which guards it.
 */
final class Removals {
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final int MOST_WAITING = 8;

    record Removal(String name, Runnable task, Instant since) {
    }

    private final ArrayDeque<Removal> queue = new ArrayDeque<>();

    void add(Removal removal) {
        queue.add(removal);
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    Optional<Removal> next() {
        return Optional.ofNullable(queue.poll());
    }

    /** When the first must be begun, whatever else happens; {@link Instant#MAX} if there is none. */
    Instant dueAt() {
        if (queue.isEmpty()) {
            return Instant.MAX;
        }
        return queue.size() > MOST_WAITING ? Instant.EPOCH : queue.peek().since().plus(PATIENCE);
    }
}
