package dev.starling.gateway.service;

import dev.starling.gateway.service.VirtualAddress.Backend;
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
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * By what all Services are reached from one node: their own addresses, ports of the node, addresses of balancers, and
 * addresses of others that lead here.
 * Pure. IPv4, TCP and UDP only: the rest is left out.
 *
 * @param node the name by which endpoints tell that they are here, which a policy {@code Local} asks for
 * @param balanced where addresses of balancers are served; others are somebody else's
 */
record AddressPlan(String node, Optional<AddressRange> balanced) {
    private static final String SERVICE_LABEL = "kubernetes.io/service-name";
    private static final String SOURCES = "service.beta.kubernetes.io/load-balancer-source-ranges";
    private static final long DEFAULT_AFFINITY_SECONDS = 10_800;
    private static final Comparator<VirtualAddress> ORDER = Comparator.comparing(VirtualAddress::external)
            .thenComparing(VirtualAddress::owner)
            .thenComparing(VirtualAddress::protocol).thenComparing(VirtualAddress::address);

    /** In a stable order. */
    List<VirtualAddress> addresses(Collection<KubeObject> services, Collection<KubeObject> slices) {
        Map<String, List<KubeObject>> byService = new HashMap<>();
        slices.forEach(slice -> byService.computeIfAbsent(service(slice), k -> new ArrayList<>()).add(slice));
        var addresses = new ArrayList<VirtualAddress>();
        for (var service : services) {
            String clusterIp = service.spec().text("clusterIP");
            if (!isIpv4(clusterIp)) {
                continue;
            }
            var own = byService.getOrDefault(service.namespacedName(), List.of());
            for (var port : service.spec().array("ports").objects()) {
                if (!port.text("protocol").equals("SCTP")) {
                    new Port(service, port, own).addresses().forEach(addresses::add);
                }
            }
        }
        addresses.sort(ORDER);
        // The kernel would refuse the whole table for two that claim the same; the first in order has it, and nobody
        // takes another Service's own address by naming it as an external one.
        var matched = new HashSet<String>();
        addresses.removeIf(address -> !matched.add(address.match()));
        return addresses;
    }

    private static String service(KubeObject slice) {
        return slice.namespace() + "/" + slice.labels().getOrDefault(SERVICE_LABEL, "");
    }

    /** How many endpoints of a Service are ready on a node. */
    static int readyOn(String node, KubeObject service, Collection<KubeObject> slices) {
        return (int) slices.stream().filter(slice -> service(slice).equals(service.namespacedName()))
                .flatMap(slice -> slice.tree().array("endpoints").objects().stream())
                .filter(endpoint -> isReady(endpoint) && endpoint.text("nodeName").equals(node))
                .flatMap(endpoint -> endpoint.array("addresses").texts().stream()).distinct().count();
    }

    /** One port of a Service with the slices of that Service. */
    private final class Port {
        private final KubeObject service;
        private final JsonObject port;
        private final List<KubeObject> slices;

        Port(KubeObject service, JsonObject port, List<KubeObject> slices) {
            this.service = service;
            this.port = port;
            this.slices = slices;
        }

        private long number() {
            return port.at("port").number(0);
        }

        Stream<VirtualAddress> addresses() {
            var own = at(service.spec().text("clusterIP"), number(), "internalTrafficPolicy", List.of());
            long nodePort = exposed() ? port.at("nodePort").number(0) : 0;
            var onNode = nodePort == 0 ? Stream.<VirtualAddress>empty()
                    : Stream.of(at("", nodePort, "externalTrafficPolicy", List.of()));
            var sources = sources(service);
            // Ranges of the other family alone leave nobody.
            var atBalancers = sources.isEmpty() ? Stream.<VirtualAddress>empty() : balancers().map(address ->
                    at(address, number(), "externalTrafficPolicy", sources.get()));
            return Stream.of(Stream.of(own), onNode, atBalancers, atOthers()).flatMap(all -> all);
        }

        /** Whoever sends to these has routed them here. */
        private Stream<VirtualAddress> atOthers() {
            return service.spec().array("externalIPs").texts().stream().filter(AddressPlan::isIpv4).distinct()
                    .map(address -> at(address, number(), "externalTrafficPolicy", List.of()).asExternal());
        }

        private boolean exposed() {
            return List.of("NodePort", "LoadBalancer").contains(service.spec().text("type"));
        }

        private Stream<String> balancers() {
            return !service.spec().text("type").equals("LoadBalancer") ? Stream.empty()
                    : service.status().array("loadBalancer", "ingress").objects().stream()
                    .filter(ingress -> !ingress.text("ipMode").equals("Proxy")).map(ingress -> ingress.text("ip"))
                    .filter(ip -> isIpv4(ip) && balanced.filter(AddressRange.parse(ip)::overlaps).isPresent());
        }

        private VirtualAddress at(String address, long entrance, String policy, List<AddressRange> sources) {
            String protocol = port.text("protocol").equals("UDP") ? "udp" : "tcp";
            var backends = new TreeSet<Backend>();
            boolean local = service.spec().text(policy).equals("Local");
            for (var slice : slices) {
                for (var slicePort : slice.tree().array("ports").objects()) {
                    if (slicePort.text("name").equals(port.text("name"))) {
                        backends.addAll(ready(slice, (int) slicePort.at("port").number(number()), local));
                    }
                }
            }
            return new VirtualAddress(service.namespacedName() + ":" + number(), address, protocol, (int) entrance,
                    affinity(service), List.copyOf(backends), sources);
        }
    }

    /** From where clients of a balancer may come, empty for everywhere; nothing if nobody may. */
    private static Optional<List<AddressRange>> sources(KubeObject service) {
        var named = service.spec().array("loadBalancerSourceRanges").texts();
        String annotated = service.annotations().getOrDefault(SOURCES, "");
        var texts = !named.isEmpty() || annotated.isBlank() ? named : List.of(annotated.split(","));
        var ranges = texts.stream().map(String::strip).filter(text -> isIpv4(text.replaceAll("/.*", "")))
                .map(AddressRange::parse).distinct().toList();
        if (texts.isEmpty() || ranges.stream().anyMatch(range -> range.prefix() == 0)) {
            return Optional.of(List.of());
        }
        // The kernel takes no set with ranges inside of others.
        var widest = ranges.stream().filter(range -> ranges.stream().noneMatch(other ->
                other.prefix() < range.prefix() && other.overlaps(range))).toList();
        return widest.isEmpty() ? Optional.empty() : Optional.of(widest);
    }

    private static Duration affinity(KubeObject service) {
        return !service.spec().text("sessionAffinity").equals("ClientIP") ? Duration.ZERO
                : Duration.ofSeconds(service.spec().at("sessionAffinityConfig", "clientIP", "timeoutSeconds")
                .number(DEFAULT_AFFINITY_SECONDS));
    }

    /** An endpoint without a ready condition counts as ready, as the API says. */
    private static boolean isReady(JsonObject endpoint) {
        var ready = endpoint.at("conditions", "ready");
        return ready.isNull() || ready.flag();
    }

    private List<Backend> ready(KubeObject slice, int port, boolean local) {
        var backends = new ArrayList<Backend>();
        for (var endpoint : slice.tree().array("endpoints").objects()) {
            if (isReady(endpoint) && (!local || endpoint.text("nodeName").equals(node))) {
                endpoint.array("addresses").texts().stream().filter(AddressPlan::isIpv4)
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
