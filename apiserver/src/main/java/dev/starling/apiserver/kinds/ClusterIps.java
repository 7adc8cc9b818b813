package dev.starling.apiserver.kinds;

import dev.starling.kube.net.AddressRange;
import dev.starling.kube.object.KubeObject;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * Which service holds which address. A reservation counts at once, so that two services that are created together
 * never get the same one; what is stored tells at start which are taken. Thread-safe.
 */
final class ClusterIps {
    /** Low addresses are left to those who name one. */
    private static final long MOST_LEFT = 256;

    private final AddressRange range;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Hold> holds = new HashMap<>(); // guarded by lock
    private long next; // guarded by lock

    /**
     * An address in somebody's hand.
     *
     * @param writes that are under way and named it; it is free when the last of them is over, unless it is stored
     * @param revision of the newest commit that was told of it: writers tell of theirs in any order
     */
    private record Hold(String owner, int writes, boolean stored, long revision) {

        Hold with(int more) {
            return new Hold(owner, writes + more, stored, revision);
        }

        Hold told(boolean nowStored, long when) {
            return when < revision ? this : new Hold(owner, writes, nowStored, when);
        }
    }

    ClusterIps(AddressRange range, Collection<KubeObject> services) {
        if (range.prefix() < 8 || range.prefix() > 30) {
            throw new IllegalArgumentException("a range of services has a prefix of 8 to 30 bits: " + range);
        }
        this.range = range;
        this.next = left();
        for (var service : services) {
            AddressRange.number(service.spec().text("clusterIP"))
                    .ifPresent(ip -> holds.put(ip, new Hold(service.uid(), 0, true, 0)));
        }
    }

    private long left() {
        return Math.min(MOST_LEFT, Math.max(1, size() / 16));
    }

    /** How many addresses can be given away: all but the network's own and the broadcast one. */
    private long size() {
        return range.last() - range.first() - 1;
    }

    boolean contains(long address) {
        return address > range.first() && address < range.last();
    }

    AddressRange range() {
        return range;
    }

    /** A free address for an owner's write; nothing if all are taken. */
    Optional<String> reserve(String owner) {
        lock.lock();
        try {
            for (long tried = 0; tried < size(); tried++) {
                long address = range.first() + 1 + next;
                next = next + 1 < size() ? next + 1 : 0;
                if (address != range.first() + 1 && !holds.containsKey(address)) {
                    holds.put(address, new Hold(owner, 1, false, 0));
                    return Optional.of(AddressRange.text(address));
                }
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Whether an owner's write now holds this address; false if it is another's. */
    boolean reserve(String owner, long address) {
        lock.lock();
        try {
            var hold = holds.getOrDefault(address, new Hold(owner, 0, false, 0));
            if (!hold.owner().equals(owner)) {
                return false;
            }
            holds.put(address, hold.with(1));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** One of the writes that reserved an address is over. */
    void settle(String owner, String address) {
        change(owner, address, hold -> hold.with(-1));
    }

    /**
     * A commit stored an address, which its write had reserved. It tells before that reservation is settled, so that
     * what was told of later commits is still known here.
     */
    void store(String owner, String address, long revision) {
        change(owner, address, hold -> hold.told(true, revision));
    }

    /** A commit took an address away from an owner who may get it back. */
    void release(String owner, String address, long revision) {
        change(owner, address, hold -> hold.told(false, revision));
    }

    /** An owner has gone for good: nobody takes his uid again. */
    void release(String owner, String address) {
        release(owner, address, Long.MAX_VALUE);
    }

    private void change(String owner, String address, UnaryOperator<Hold> change) {
        AddressRange.number(address).ifPresent(number -> {
            lock.lock();
            try {
                holds.computeIfPresent(number, (ip, hold) -> {
                    var after = hold.owner().equals(owner) ? change.apply(hold) : hold;
                    return after.writes() > 0 || after.stored() ? after : null;
                });
            } finally {
                lock.unlock();
            }
        });
    }
}
