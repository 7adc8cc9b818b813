package dev.starling.apiserver.fairness;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

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

    /**
     * From now on; under the lock. A level that is left out keeps nothing for itself, but those who wait in it are
     * still served, until another division finds it empty.
     */
    void divide(List<PriorityLevel> among, int all) {
        var leaving = levels.stream().filter(level -> !among.contains(level)).toList();
        leaving.forEach(PriorityLevel::retire);
        levels = Stream.concat(among.stream(), leaving.stream().filter(PriorityLevel::used)).toList();
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

    /** Whether somebody waits for a seat of his own level, so that nobody may borrow; under the lock. */
    boolean owes() {
        return levels.stream().anyMatch(PriorityLevel::isOwed);
    }

    /** Gives free seats to those who wait: what is lent comes back to its owner first; under the lock. */
    void dispatch() {
        levels.forEach(level -> level.dispatch(false));
        if (!owes()) {
            levels.forEach(level -> level.dispatch(true));
        }
    }
}
