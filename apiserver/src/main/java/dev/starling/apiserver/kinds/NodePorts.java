package dev.starling.apiserver.kinds;

import dev.starling.kube.net.PortRange;
import dev.starling.kube.object.KubeObject;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Which service holds which port of the nodes. A reservation counts at once, so that two services that are written
 * together never get the same one. What commits take and give back is added up: writers tell of their commits on their
 * own threads, in any order, and a sum is the same in all of them. What is stored tells at start which ports are taken.
 * Thread-safe.
 */
final class NodePorts {
    /** The lowest ports are left, while there are others, to those who name one: this share, within these bounds. */
    private static final int SHARE_LEFT = 32;
    private static final int LEAST_LEFT = 16;
    private static final int MOST_LEFT = 128;

    private final PortRange range;
    private final RandomGenerator random; // guarded by lock
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, Hold> holds = new HashMap<>(); // guarded by lock

    /**
     * A port in somebody's hand; it is free when both numbers are zero.
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

    NodePorts(PortRange range, RandomGenerator random, Collection<KubeObject> services) {
        this.range = range;
        this.random = random;
        services.forEach(service -> Exposure.held(service)
                .forEach(port -> holds.putIfAbsent(port, new Hold(service.uid(), 0, 1))));
    }

    PortRange range() {
        return range;
    }

    /** A free port for an owner's write; nothing if all are taken. */
    OptionalInt reserve(String owner) {
        lock.lock();
        try {
            int left = left();
            var found = free(range.first() + left, range.last());
            var port = found.isPresent() ? found : free(range.first(), range.first() + left - 1);
            port.ifPresent(number -> holds.put(number, new Hold(owner, 1, 0)));
            return port;
        } finally {
            lock.unlock();
        }
    }

    private int left() {
        return range.size() <= LEAST_LEFT ? 0 : Math.clamp(range.size() / SHARE_LEFT, LEAST_LEFT, MOST_LEFT);
    }

    /** Searches from a random place on, so that a port that was given back is rarely the next one's. */
    private OptionalInt free(int first, int last) {
        int count = last - first + 1;
        if (count <= 0) {
            return OptionalInt.empty();
        }
        int start = random.nextInt(count);
        return IntStream.range(0, count).map(i -> first + (start + i) % count)
                .filter(port -> !holds.containsKey(port)).findFirst();
    }

    /** Whether an owner's write now holds this port; false if it is another's. */
    boolean reserve(String owner, int port) {
        lock.lock();
        try {
            var hold = holds.getOrDefault(port, new Hold(owner, 0, 0));
            if (!hold.owner().equals(owner)) {
                return false;
            }
            holds.put(port, hold.writing(1));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** One of the writes that reserved a port is over; whoever committed it has told of that before. */
    void settle(String owner, int port) {
        change(owner, port, hold -> hold.writing(-1));
    }

    /** A commit changed which ports a service holds. */
    void committed(String owner, Set<Integer> before, Set<Integer> after) {
        before.stream().filter(port -> !after.contains(port)).forEach(port -> change(owner, port, h -> h.storing(-1)));
        after.stream().filter(port -> !before.contains(port)).forEach(port -> change(owner, port, h -> h.storing(1)));
    }

    private void change(String owner, int port, UnaryOperator<Hold> change) {
        lock.lock();
        try {
            holds.computeIfPresent(port, (number, hold) -> {
                var after = hold.owner().equals(owner) ? change.apply(hold) : hold;
                return after.writes() == 0 && after.stored() == 0 ? null : after;
            });
        } finally {
            lock.unlock();
        }
    }
}
