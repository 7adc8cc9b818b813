package dev.starling.control.scheduler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One node, with what runs there. Pods may be told before their node, or stay longer: then it is not present, and takes
 * nobody. Changed by {@link ClusterImage} alone.
 */
final class NodeSlot {
    private static final NodeFacts ABSENT = new NodeFacts("", Map.of(), new Taints(List.of()),
            new NodeFacts.Flags(true, false), new long[Dimensions.COMMON], Map.of());

    private final int place;
    private final String name;
    private NodeFacts facts = ABSENT;
    private long[] used = new long[Dimensions.COMMON];
    private final Map<String, PodFacts> pods = new LinkedHashMap<>();
    private final Map<String, PodFacts> nominated = new LinkedHashMap<>();
    private final List<HostPort> ports = new ArrayList<>(0);

    NodeSlot(int place, String name) {
        this.place = place;
        this.name = name;
    }

    /** The number of this node: small, and its alone as long as it is known. */
    int place() {
        return place;
    }

    String name() {
        return name;
    }

    boolean present() {
        return facts != ABSENT;
    }

    NodeFacts facts() {
        return facts;
    }

    Collection<PodFacts> pods() {
        return pods.values();
    }

    /** Pods for which room was made here, and that are not here yet. */
    Collection<PodFacts> nominated() {
        return nominated.values();
    }

    long free(int dimension) {
        return facts.allocatable(dimension) - (dimension < used.length ? used[dimension] : 0);
    }

    boolean has(Demand demand) {
        return demand.unoffered().isEmpty() && has(demand, new long[0]);
    }

    /** Whether there is room, with this much kept for others. */
    private boolean has(Demand demand, long[] kept) {
        long[] amounts = demand.amounts();
        for (int i = 0; i < amounts.length; i++) {
            if (amounts[i] > 0 && amounts[i] > free(i) - (i < kept.length ? kept[i] : 0)) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is room for a pod beside those that room was made for and that matter as much, or more. */
    boolean hasRoomFor(PodFacts pod) {
        if (nominated.isEmpty()) {
            return has(pod.demand());
        }
        return pod.demand().unoffered().isEmpty() && has(pod.demand(), keptFrom(pod));
    }

    long[] keptFrom(PodFacts pod) {
        long[] kept = new long[0];
        for (var other : nominated.values()) {
            if (other.priority() >= pod.priority() && !other.key().equals(pod.key())) {
                kept = sum(kept, other.demand().amounts(), 1);
            }
        }
        return kept;
    }

    boolean portsFree(List<HostPort> wanted) {
        if (wanted.isEmpty() || ports.isEmpty()) {
            return true;
        }
        for (var port : wanted) {
            for (var taken : ports) {
                if (port.meets(taken)) {
                    return false;
                }
            }
        }
        return true;
    }

    void become(NodeFacts node) {
        facts = node;
    }

    void leave() {
        facts = ABSENT;
    }

    boolean forgotten() {
        return !present() && pods.isEmpty() && nominated.isEmpty();
    }

    void add(PodFacts pod) {
        pods.put(pod.key(), pod);
        used = sum(used, pod.demand().amounts(), 1);
        ports.addAll(pod.ask().ports());
    }

    void remove(PodFacts pod) {
        pods.remove(pod.key());
        used = sum(used, pod.demand().amounts(), -1);
        pod.ask().ports().forEach(ports::remove);
    }

    void nominate(PodFacts pod) {
        nominated.put(pod.key(), pod);
    }

    void denominate(String key) {
        nominated.remove(key);
    }

    private static long[] sum(long[] amounts, long[] change, int sign) {
        var sum = change.length > amounts.length ? Arrays.copyOf(amounts, change.length) : amounts;
        for (int i = 0; i < change.length; i++) {
            sum[i] += sign * change[i];
        }
        return sum;
    }
}
