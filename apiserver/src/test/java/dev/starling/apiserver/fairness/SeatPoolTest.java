package dev.starling.apiserver.fairness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.fairness.PriorityLevel.Limits;
import dev.starling.apiserver.fairness.PriorityLevel.Queuing;
import dev.starling.apiserver.fairness.PriorityLevel.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose turn it is for a seat that becomes free. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class SeatPoolTest {
    private static final Duration LONG = Duration.ofSeconds(25);
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final boolean REJECTS = true;

    private final SeatPool pool = new SeatPool();
    private final PriorityLevel owner = new PriorityLevel("owner", pool);
    private final PriorityLevel borrower = new PriorityLevel("borrower", pool);
    private final LinkedBlockingQueue<String> order = new LinkedBlockingQueue<>();

    private static Limits limits(boolean rejects, int seats) {
        return new Limits(false, rejects, 0, seats, 100, -1, new Queuing(1, 1, 1));
    }

    private void divide(List<PriorityLevel> levels, int seats) {
        pool.lock();
        try {
            owner.configure(limits(!REJECTS, seats));
            borrower.configure(limits(!REJECTS, 0));
            pool.divide(levels, seats);
        } finally {
            pool.unlock();
        }
    }

    private static Optional<Refusal> acquire(PriorityLevel level, int width, Duration patience) {
        try {
            return level.acquire(() -> 0, width, patience);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Thread waiting(PriorityLevel level, int width) {
        var thread = Thread.ofVirtual().start(() -> order.add(level.name() + acquire(level, width, LONG)
                .map(refusal -> " " + refusal.text()).orElse("")));
        while (level.figures().waiting() == 0) {
            Thread.onSpinWait();
        }
        return thread;
    }

    private String next() throws InterruptedException {
        return String.valueOf(order.poll(20, TimeUnit.SECONDS));
    }

    @Test
    void whatIsLentComesBackToItsOwnerFirst() throws Exception {
        for (var levels : List.of(List.of(borrower, owner), List.of(owner, borrower))) {
            divide(levels, 1);
            assertEquals(Optional.empty(), acquire(borrower, 1, LONG));
            var threads = List.of(waiting(borrower, 1), waiting(owner, 1));
            borrower.release(1);
            assertEquals("owner", next());
            owner.release(1);
            assertEquals("borrower", next());
            borrower.release(1);
            for (var thread : threads) {
                thread.join();
            }
        }
    }

    /** Else a wide request of the owner would never find as many free seats as it needs. */
    @Test
    void nobodyBorrowsWhileAnOwnerWaits() throws Exception {
        divide(List.of(borrower, owner), 2);
        assertEquals(Optional.empty(), acquire(borrower, 1, LONG));
        assertEquals(Optional.empty(), acquire(borrower, 1, LONG));
        var wide = waiting(owner, 2);
        borrower.release(1);
        assertEquals(Optional.of(Refusal.TIME_OUT), acquire(borrower, 1, SHORT));
        borrower.release(1);
        assertEquals("owner", next());
        wide.join();
    }

    @Test
    void whoWaitsInALevelThatIsDeletedIsStillServed() throws Exception {
        divide(List.of(borrower, owner), 1);
        assertEquals(Optional.empty(), acquire(owner, 1, LONG));
        var late = waiting(owner, 1);
        pool.lock();
        try {
            pool.divide(List.of(borrower), 1);
        } finally {
            pool.unlock();
        }
        owner.release(1);
        assertEquals("owner", next());
        late.join();
    }

    @Test
    void eachRefusalCountsUnderItsReason() {
        divide(List.of(borrower, owner), 1);
        assertEquals(Optional.empty(), acquire(owner, 1, LONG));
        assertEquals(Optional.of(Refusal.TIME_OUT), acquire(owner, 1, SHORT));
        pool.lock();
        try {
            owner.configure(limits(REJECTS, 1));
        } finally {
            pool.unlock();
        }
        assertEquals(Optional.of(Refusal.CONCURRENCY_LIMIT), acquire(owner, 1, SHORT));
        assertEquals(List.of(0L, 1L, 1L), List.of(owner.refused(Refusal.QUEUE_FULL),
                owner.refused(Refusal.CONCURRENCY_LIMIT), owner.refused(Refusal.TIME_OUT)));
        assertTrue(owner.dispatched() == 1 && borrower.dispatched() == 0);
    }
}
