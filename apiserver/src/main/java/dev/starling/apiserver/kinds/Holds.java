package dev.starling.apiserver.kinds;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/**
 * Which service holds which of the numbers that are given away one by one: addresses, or ports of the nodes. A
 * reservation counts at once, so that two services that are written together never get the same one. What commits take
 * and give back is added up: writers tell of their commits on their own threads, in any order, and a sum is the same in
 * all of them. Thread-safe.
 */
final class Holds {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Hold> holds = new HashMap<>(); // guarded by lock

    /**
     * A number in somebody's hand; it is free when both counts are zero.
     *
     * @param writes that are under way and named it
     * @param stored how often commits took it, less how often they gave it back; it may be below zero while a commit
     *     that is not told yet is under way
     */
    private record Hold(String owner, int writes, int stored) {

        Hold writing(int more) {
            return new Hold(owner, writes + more, stored);
        }

        Hold storing(int more) {
            return new Hold(owner, writes, stored + more);
        }
    }

    /** A service that was stored before anybody asks holds these; who comes first has what several name. */
    void stored(String owner, Set<Long> numbers) {
        lock.lock();
        try {
            numbers.forEach(number -> holds.putIfAbsent(number, new Hold(owner, 0, 1)));
        } finally {
            lock.unlock();
        }
    }

    /**
     * The first of these that is free, for an owner's write; nothing if all are taken.
     *
     * @param candidates asked under the lock, so that it may keep a state of its own
     */
    OptionalLong reserve(String owner, Supplier<LongStream> candidates) {
        lock.lock();
        try {
            var number = candidates.get().filter(each -> !holds.containsKey(each)).findFirst();
            number.ifPresent(free -> holds.put(free, new Hold(owner, 1, 0)));
            return number;
        } finally {
            lock.unlock();
        }
    }

    /** Whether an owner's write now holds this number; false if it is another's. */
    boolean reserve(String owner, long number) {
        lock.lock();
        try {
            var hold = holds.getOrDefault(number, new Hold(owner, 0, 0));
            if (!hold.owner().equals(owner)) {
                return false;
            }
            holds.put(number, hold.writing(1));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** One of the writes that reserved a number is over; whoever committed it has told of that before. */
    void settle(String owner, long number) {
        change(owner, number, hold -> hold.writing(-1));
    }

    /** A commit changed which numbers a service holds. */
    void committed(String owner, Set<Long> before, Set<Long> after) {
        before.stream().filter(each -> !after.contains(each)).forEach(each -> change(owner, each, h -> h.storing(-1)));
        after.stream().filter(each -> !before.contains(each)).forEach(each -> change(owner, each, h -> h.storing(1)));
    }

    private void change(String owner, long number, UnaryOperator<Hold> change) {
        lock.lock();
        try {
            holds.computeIfPresent(number, (_, hold) -> {
                var after = hold.owner().equals(owner) ? change.apply(hold) : hold;
                return after.writes() == 0 && after.stored() == 0 ? null : after;
            });
        } finally {
            lock.unlock();
        }
    }
}
