package dev.starling.apiserver.kinds;

import dev.starling.kube.net.PortRange;
import dev.starling.kube.object.KubeObject;
import java.util.Collection;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Which service holds which port of the nodes. What is stored tells at start which ports are taken. Thread-safe.
 */
final class NodePorts {
    /** The lowest ports are left, while there are others, to those who name one: this share, within these bounds. */
    private static final int SHARE_LEFT = 32;
    private static final int LEAST_LEFT = 16;
    private static final int MOST_LEFT = 128;

    private final PortRange range;
    private final RandomGenerator random; // used by candidates alone, one at a time
    private final Holds holds = new Holds();

    NodePorts(PortRange range, RandomGenerator random, Collection<KubeObject> services) {
        this.range = range;
        this.random = random;
        services.forEach(service -> holds.stored(service.uid(), numbers(Exposure.held(service))));
    }

    private static Set<Long> numbers(Set<Integer> ports) {
        return ports.stream().map(Integer::longValue).collect(Collectors.toSet());
    }

    PortRange range() {
        return range;
    }

    /** A free port for an owner's write; nothing if all are taken. */
    OptionalInt reserve(String owner) {
        var port = holds.reserve(owner, this::candidates);
        return port.isPresent() ? OptionalInt.of((int) port.getAsLong()) : OptionalInt.empty();
    }

    private LongStream candidates() {
        int left = range.size() <= LEAST_LEFT ? 0 : Math.clamp(range.size() / SHARE_LEFT, LEAST_LEFT, MOST_LEFT);
        int border = range.first() + left;
        return LongStream.concat(shifted(border, range.last()), shifted(range.first(), border - 1));
    }

    /** From a random place on, so that a port that was given back is rarely the next one's. */
    private LongStream shifted(int first, int last) {
        int count = last - first + 1;
        if (count <= 0) {
            return LongStream.empty();
        }
        int start = random.nextInt(count);
        return LongStream.range(0, count).map(i -> first + (start + i) % count);
    }

    /** Whether an owner's write now holds this port; false if it is another's. */
    boolean reserve(String owner, int port) {
        return holds.reserve(owner, port);
    }

    /** One of the writes that reserved a port is over; whoever committed it has told of that before. */
    void settle(String owner, int port) {
        holds.settle(owner, port);
    }

    /** A commit changed which ports a service holds. */
    void committed(String owner, Set<Integer> before, Set<Integer> after) {
        holds.committed(owner, numbers(before), numbers(after));
    }
}
