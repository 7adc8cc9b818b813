package dev.starling.apiserver.kinds;

import dev.starling.kube.net.AddressRange;
import dev.starling.kube.object.KubeObject;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/** Which service holds which address. What is stored tells at start which are taken. Thread-safe. */
final class ClusterIps {
    /** Low addresses are left to those who name one. */
    private static final long MOST_LEFT = 256;

    private final AddressRange range;
    private final Holds holds = new Holds();
    private volatile long next; // behind the one that was given last; two at once may begin at the same

    ClusterIps(AddressRange range, Collection<KubeObject> services) {
        if (range.prefix() < 8 || range.prefix() > 30) {
            throw new IllegalArgumentException("a range of services has a prefix of 8 to 30 bits: " + range);
        }
        this.range = range;
        this.next = Math.min(MOST_LEFT, Math.max(1, size() / 16));
        services.forEach(service -> holds.stored(service.uid(), numbers(service.spec().text("clusterIP"))));
    }

    /** None for a service without an address. */
    private static Set<Long> numbers(String address) {
        return AddressRange.number(address).map(Set::of).orElse(Set.of());
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
        long lowest = range.first() + 1; // the server's own
        var address = holds.reserve(owner, () -> LongStream.range(0, size()).map(i -> lowest + (next + i) % size())
                .filter(each -> each != lowest));
        if (address.isEmpty()) {
            return Optional.empty();
        }
        next = address.getAsLong() + 1 - lowest;
        return Optional.of(AddressRange.text(address.getAsLong()));
    }

    /** Whether an owner's write now holds this address; false if it is another's. */
    boolean reserve(String owner, long address) {
        return holds.reserve(owner, address);
    }

    /** One of the writes that reserved an address is over; whoever committed it has told of that before. */
    void settle(String owner, String address) {
        numbers(address).forEach(number -> holds.settle(owner, number));
    }

    /** A commit changed which address a service holds; each may be none. */
    void committed(String owner, String before, String after) {
        holds.committed(owner, numbers(before), numbers(after));
    }
}
