package dev.starling.gateway.service;

import dev.starling.kube.net.AddressRange;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/**
 * One port by which a Service is reached and the ready endpoints behind it, in a stable order.
 *
 * @param owner {@code namespace/name:port}, for comments in the rule set
 * @param address of the Service or of its balancer; empty for a port of the node, which is on all its addresses
 * @param protocol {@code tcp} or {@code udp}
 * @param affinity for how long after its last connection a client stays with its endpoint ({@code sessionAffinity:
 *     ClientIP}); zero where it does not
 * @param sources from which clients may come; empty for all
 * @param external whether the address is nobody's here, and those who send to it have routed it here
 */
record VirtualAddress(String owner, String address, String protocol, int port, Duration affinity,
        List<Backend> backends, List<AddressRange> sources, boolean external) {

    /** Where a connection really goes. */
    record Backend(String address, int port) implements Comparable<Backend> {
        @Override
        public int compareTo(Backend other) {
            return Comparator.comparing(Backend::address).thenComparingInt(Backend::port).compare(this, other);
        }
    }

    VirtualAddress {
        backends = List.copyOf(backends);
        sources = List.copyOf(sources);
    }

    VirtualAddress(String owner, String address, String protocol, int port, Duration affinity,
            List<Backend> backends) {
        this(owner, address, protocol, port, affinity, backends, List.of());
    }

    VirtualAddress(String owner, String address, String protocol, int port, Duration affinity,
            List<Backend> backends, List<AddressRange> sources) {
        this(owner, address, protocol, port, affinity, backends, sources, false);
    }

    VirtualAddress asExternal() {
        return new VirtualAddress(owner, address, protocol, port, affinity, backends, sources, true);
    }

    boolean onNode() {
        return address.isEmpty();
    }

    boolean sticky() {
        return !affinity.isZero();
    }

    /** What a packet is matched by: no two addresses of a table may share it. */
    String match() {
        return address + " " + protocol + " " + port;
    }

    boolean matchesLike(VirtualAddress other) {
        return match().equals(other.match());
    }
}
