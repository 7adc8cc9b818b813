package dev.starling.apiserver.fairness;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** The seats of all levels together: what one does not need now another one may have. One lock for them all. */
final class SeatPool {
    private final ReentrantLock lock = new ReentrantLock();
    private List<PriorityLevel> levels = List.of(); // under the lock
    private int seats; // under the lock

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** From now on; under the lock. */
    void divide(List<PriorityLevel> among, int all) {
        levels = List.copyOf(among);
        seats = all;
        dispatch();
    }

    /** Whether a level may have so many seats more, and all others still what they keep; under the lock. */
    boolean hasRoom(PriorityLevel asker, int more) {
        int claimed = 0;
        for (var level : levels) {
            claimed += level.claimed(level == asker ? more : 0);
        }
        return claimed <= seats;
    }

    /** Gives free seats to those who wait; under the lock. */
    void dispatch() {
        levels.forEach(PriorityLevel::dispatch);
    }
}
