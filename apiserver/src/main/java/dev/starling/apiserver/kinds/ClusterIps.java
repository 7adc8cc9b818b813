package dev.starling.apiserver.kinds;

import dev.starling.kube.net.AddressRange;
import dev.starling.kube.object.KubeObject;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which service holds which address. A reservation counts at once, so that two services that are created together
 * never get the same one; what is stored tells at start which are taken. Thread-safe.
 */
final class ClusterIps {
    /** Low addresses are left to those who name one. */
    private static final long MOST_LEFT = 256;

    private final AddressRange range;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, String> owners = new HashMap<>(); // guarded by lock
    private long next; // guarded by lock

    ClusterIps(AddressRange range, Collection<KubeObject> services) {
        if (range.prefix() < 8 || range.prefix() > 30) {
            throw new IllegalArgumentException("a range of services has a prefix of 8 to 30 bits: " + range);
        }
        this.range = range;
        this.next = left();
        for (var service : services) {
            AddressRange.number(service.spec().text("clusterIP")).ifPresent(ip -> owners.put(ip, service.uid()));
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

    /** A free address for an owner; nothing if all are taken. */
    Optional<String> reserve(String owner) {
        lock.lock();
        try {
            for (long tried = 0; tried < size(); tried++) {
                long address = range.first() + 1 + next;
                next = next + 1 < size() ? next + 1 : 0;
                if (address != range.first() + 1 && owners.putIfAbsent(address, owner) == null) {
                    return Optional.of(AddressRange.text(address));
                }
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Whether an owner now holds this address; false if it is another's. */
    boolean reserve(String owner, long address) {
        lock.lock();
        try {
            return owner.equals(owners.computeIfAbsent(address, any -> owner));
        } finally {
            lock.unlock();
        }
    }

    boolean holds(String owner, long address) {
        lock.lock();
        try {
            return owner.equals(owners.getOrDefault(address, ""));
        } finally {
            lock.unlock();
        }
    }

    /** Frees an address, if this owner holds it. */
    void release(String owner, String address) {
        AddressRange.number(address).ifPresent(number -> {
            lock.lock();
            try {
                owners.remove(number, owner);
            } finally {
                lock.unlock();
            }
        });
    }
}
