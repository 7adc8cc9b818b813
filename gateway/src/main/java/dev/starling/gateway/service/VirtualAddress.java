package dev.starling.gateway.service;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * One port of one Service address and the ready endpoints behind it, in a stable order.
 *
 * @param owner {@code namespace/name:port}, for comments in the rule set
 * @param protocol {@code tcp} or {@code udp}
 * @param affinity for how long after its last connection a client stays with its endpoint ({@code sessionAffinity:
 *     ClientIP}); zero where it does not
 */
record VirtualAddress(String owner, String address, String protocol, int port, Duration affinity,
        List<Backend> backends) {

    /** Where a connection really goes. */
    record Backend(String address, int port) implements Comparable<Backend> {
        @Override
        public int compareTo(Backend other) {
            return Comparator.comparing(Backend::address).thenComparingInt(Backend::port).compare(this, other);
        }
    }

    private static final String SERVICE_LABEL = "kubernetes.io/service-name";
    private static final long DEFAULT_AFFINITY_SECONDS = 10_800;

    VirtualAddress {
        backends = List.copyOf(backends);
    }

    boolean sticky() {
        return !affinity.isZero();
    }

    /** What a packet is matched by: no two addresses of a table may share it. */
    private String match() {
        return address + " " + protocol + " " + port;
    }

    boolean matchesLike(VirtualAddress other) {
        return match().equals(other.match());
    }

    /** The addresses of all Services that have one, in a stable order. IPv4, TCP and UDP only: the rest is left out. */
    static List<VirtualAddress> of(Collection<KubeObject> services, Collection<KubeObject> slices) {
        Map<String, List<KubeObject>> byService = new HashMap<>();
        for (var slice : slices) {
            String service = slice.labels().getOrDefault(SERVICE_LABEL, "");
            byService.computeIfAbsent(slice.namespace() + "/" + service, k -> new ArrayList<>()).add(slice);
        }
        var addresses = new ArrayList<VirtualAddress>();
        for (var service : services) {
            String clusterIp = service.spec().text("clusterIP");
            if (!isIpv4(clusterIp)) {
                continue;
            }
            var own = byService.getOrDefault(service.namespacedName(), List.of());
            for (var port : service.spec().array("ports").objects()) {
                if (!port.text("protocol").equals("SCTP")) {
                    addresses.add(of(service, port, clusterIp, own));
                }
            }
        }
        addresses.sort(Comparator.comparing(VirtualAddress::owner).thenComparing(VirtualAddress::protocol));
        // The kernel would refuse the whole table for two that claim the same; the first in order has it.
        var matched = new HashSet<String>();
        addresses.removeIf(address -> !matched.add(address.match()));
        return addresses;
    }

    private static VirtualAddress of(KubeObject service, JsonObject port, String clusterIp, List<KubeObject> slices) {
        String protocol = port.text("protocol").equals("UDP") ? "udp" : "tcp";
        int number = (int) port.at("port").number(0);
        var backends = new TreeSet<Backend>();
        for (var slice : slices) {
            for (var slicePort : slice.tree().array("ports").objects()) {
                if (slicePort.text("name").equals(port.text("name"))) {
                    int target = (int) slicePort.at("port").number(number);
                    backends.addAll(ready(slice, target));
                }
            }
        }
        return new VirtualAddress(service.namespacedName() + ":" + number, clusterIp, protocol, number,
                affinity(service), List.copyOf(backends));
    }

    private static Duration affinity(KubeObject service) {
        return !service.spec().text("sessionAffinity").equals("ClientIP") ? Duration.ZERO
                : Duration.ofSeconds(service.spec().at("sessionAffinityConfig", "clientIP", "timeoutSeconds")
                .number(DEFAULT_AFFINITY_SECONDS));
    }

    /** An endpoint without a ready condition counts as ready, as the API says. */
    private static List<Backend> ready(KubeObject slice, int port) {
        var backends = new ArrayList<Backend>();
        for (var endpoint : slice.tree().array("endpoints").objects()) {
            var ready = endpoint.at("conditions", "ready");
            if (ready.isNull() || ready.flag()) {
                endpoint.array("addresses").texts().stream().filter(VirtualAddress::isIpv4)
                        .forEach(address -> backends.add(new Backend(address, port)));
            }
        }
        return backends;
    }

    /** Strict, because the kernel would refuse the whole table for one malformed address. */
    static boolean isIpv4(String text) {
        return AddressRange.number(text).isPresent();
    }
}
