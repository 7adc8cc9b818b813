package dev.starling.gateway.service;

import dev.starling.gateway.service.VirtualAddress.Backend;
import dev.starling.kube.net.AddressRange;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The text of one nftables table, a pure function of the addresses. Connections are matched by one map look-up on
 * address, protocol and port, however many Services there are, and sent to an endpoint by one more; ports of the node
 * have a map of their own, so that it does not matter how many addresses the host has. What is sent to a range of
 * Services, or to a port of the node that is given to one, and meets no ready endpoint is refused at once instead of
 * reaching the host.
 *
 * <p>Where clients stay with their endpoint, each endpoint has a set of its clients, which the kernel fills and
 * empties. These sets outlive a change of the table, so a change elsewhere moves no client.
 */
final class RuleSet {
    private static final int LONGEST_COMMENT = 120;
    private static final Part SERVICES = new Part("map", "services");
    private static final Part NODE_PORTS = new Part("map", "node_ports");
    private static final Part HOST_ADDRESSES = new Part("set", "host_addresses");
    private static final Part CLOSED_PORTS = new Part("set", "closed_ports");
    private static final Part EXTERNAL_ADDRESSES = new Part("set", "external_addresses");
    private static final Part CLOSED_EXTERNALS = new Part("set", "closed_externals");
    private static final Part HAIRPINS = new Part("set", "hairpins");
    private static final Part FAR = new Part("set", "far");
    private static final List<String> CHAINS =
            List.of("from_pods", "from_host", "return_path", "unserved", "unserved_forward", "unserved_output");
    private static final List<Part> NAMED = List.of(SERVICES, NODE_PORTS, HOST_ADDRESSES, CLOSED_PORTS,
            EXTERNAL_ADDRESSES, CLOSED_EXTERNALS, HAIRPINS, FAR);

    /** A named part of a table: a chain, a set or a map. */
    record Part(String kind, String name) {
    }

    /**
     * Where the rules are.
     *
     * @param table its name, in family {@code ip}
     * @param ranges the addresses of Services, and those of balancers
     * @param pods the addresses of pods on this host; endpoints elsewhere answer by way of the host
     * @param host on which addresses of the host its ports are served
     */
    record Place(String table, List<String> ranges, AddressRange pods, List<String> host) {
        Place {
            ranges = List.copyOf(ranges);
            host = List.copyOf(host);
        }
    }

    private final Place place;
    private final List<VirtualAddress> reachable;
    private final List<VirtualAddress> closed;
    private final StringBuilder text = new StringBuilder();

    private RuleSet(Place place, List<VirtualAddress> addresses) {
        this.place = place;
        this.reachable = addresses.stream().filter(address -> !address.backends().isEmpty()).toList();
        this.closed = addresses.stream().filter(address -> address.backends().isEmpty()).toList();
    }

    /**
     * One transaction that gives the table these addresses and no others.
     *
     * @param present the parts that the table has now
     */
    static String render(Place place, List<VirtualAddress> addresses, Set<Part> present) {
        return new RuleSet(place, addresses).render(present);
    }

    /** The parts that a table with these addresses has. */
    static Set<Part> parts(Place place, List<VirtualAddress> addresses) {
        return new RuleSet(place, addresses).parts();
    }

    private String render(Set<Part> present) {
        declare();
        text.append("flush table ip ").append(place.table()).append('\n');
        NAMED.forEach(this::flush);
        var wanted = parts();
        // Chains go first, because their rules refer to sets.
        for (String kind : List.of("chain", "map", "set")) {
            present.stream().filter(part -> part.kind().equals(kind) && !wanted.contains(part))
                    .map(Part::name).sorted().forEach(name -> command("delete " + kind, name));
        }
        text.append("table ip ").append(place.table()).append(" {\n");
        reachable.forEach(this::service);
        entrances();
        text.append("}\n");
        fill();
        return text.toString();
    }

    private void fill() {
        elements(SERVICES, reachable.stream().filter(address -> !address.onNode()).map(address -> address.address()
                + " . " + port(address) + " : goto " + chain(address)).toList());
        elements(NODE_PORTS, reachable.stream().filter(VirtualAddress::onNode).map(address -> port(address)
                + " : goto " + chain(address)).toList());
        elements(HOST_ADDRESSES, place.host());
        elements(CLOSED_PORTS, closed.stream().filter(VirtualAddress::onNode).map(RuleSet::port).toList());
        elements(EXTERNAL_ADDRESSES, reachable.stream().filter(VirtualAddress::external).map(VirtualAddress::address)
                .distinct().sorted().toList());
        elements(CLOSED_EXTERNALS, closed.stream().filter(VirtualAddress::external)
                .map(address -> address.address() + " . " + port(address)).toList());
        elements(HAIRPINS, reachable.stream().flatMap(address -> address.backends().stream()).map(Backend::address)
                .distinct().sorted().map(address -> address + " . " + address).toList());
        elements(FAR, reachable.stream().flatMap(address -> address.backends().stream().filter(this::isFar)
                .map(backend -> backend.address() + " . " + address.protocol() + " . " + backend.port()))
                .distinct().sorted().toList());
    }

    private static String port(VirtualAddress address) {
        return address.protocol() + " . " + address.port();
    }

    private boolean isFar(Backend backend) {
        return !place.pods().overlaps(AddressRange.parse(backend.address()));
    }

    private Set<Part> parts() {
        var parts = new LinkedHashSet<>(NAMED);
        for (String name : CHAINS) {
            parts.add(new Part("chain", name));
        }
        for (var address : reachable) {
            parts.add(new Part("chain", chain(address)));
            if (address.sticky()) {
                address.backends().forEach(backend -> {
                    parts.add(new Part("set", clients(address, backend)));
                    parts.add(new Part("chain", backend(address, backend)));
                });
            }
        }
        return parts;
    }

    private static String suffix(VirtualAddress address) {
        return (address.onNode() ? "node" : address.address()) + "_" + address.protocol() + "_" + address.port();
    }

    private static String chain(VirtualAddress address) {
        return "service_" + suffix(address);
    }

    private static String clients(VirtualAddress address, Backend backend) {
        return "clients_" + suffix(address) + "_" + backend.address() + "_" + backend.port();
    }

    private static String backend(VirtualAddress address, Backend backend) {
        return "backend_" + suffix(address) + "_" + backend.address() + "_" + backend.port();
    }

    /** Declaring what is there already changes nothing. */
    private void declare() {
        text.append("table ip ").append(place.table()).append(" {\n");
        typed(SERVICES, "ipv4_addr . inet_proto . inet_service : verdict");
        typed(NODE_PORTS, "inet_proto . inet_service : verdict");
        typed(HOST_ADDRESSES, "ipv4_addr");
        typed(CLOSED_PORTS, "inet_proto . inet_service");
        typed(EXTERNAL_ADDRESSES, "ipv4_addr");
        typed(CLOSED_EXTERNALS, "ipv4_addr . inet_proto . inet_service");
        typed(HAIRPINS, "ipv4_addr . ipv4_addr");
        typed(FAR, "ipv4_addr . inet_proto . inet_service");
        hook("from_pods", "nat hook prerouting priority dstnat");
        hook("from_host", "nat hook output priority -100");
        hook("return_path", "nat hook postrouting priority srcnat");
        hook("unserved", "filter hook input priority filter");
        hook("unserved_forward", "filter hook forward priority filter");
        hook("unserved_output", "filter hook output priority filter");
        for (var address : reachable) {
            text.append("  chain ").append(chain(address)).append(" {\n  }\n");
            for (var backend : address.sticky() ? address.backends() : List.<Backend>of()) {
                text.append("  set ").append(clients(address, backend))
                        .append(" {\n    type ipv4_addr\n    size 65535\n    flags dynamic,timeout\n  }\n");
                text.append("  chain ").append(backend(address, backend)).append(" {\n  }\n");
            }
        }
        text.append("}\n");
    }

    private void typed(Part part, String type) {
        text.append("  ").append(part.kind()).append(' ').append(part.name()).append(" {\n    type ").append(type)
                .append("\n  }\n");
    }

    private void hook(String name, String hook) {
        text.append("  chain ").append(name).append(" {\n    type ").append(hook).append("; policy accept;\n  }\n");
    }

    private void flush(Part part) {
        command("flush " + part.kind(), part.name());
    }

    private void command(String verb, String name) {
        text.append(verb).append(" ip ").append(place.table()).append(' ').append(name).append('\n');
    }

    private void elements(Part part, List<String> elements) {
        if (!elements.isEmpty()) {
            text.append("add element ip ").append(place.table()).append(' ').append(part.name()).append(" { ")
                    .append(String.join(",\n  ", elements)).append(" }\n");
        }
    }

    private void rules(String chain, List<String> rules) {
        text.append("  chain ").append(chain).append(" {\n");
        rules.forEach(rule -> text.append("    ").append(rule).append('\n'));
        text.append("  }\n");
    }

    private void entrances() {
        String ranges = "{ " + String.join(", ", place.ranges()) + " }";
        var dispatch = List.of("ip daddr " + ranges + " ip daddr . meta l4proto . th dport vmap @services",
                "ip daddr @external_addresses ip daddr . meta l4proto . th dport vmap @services",
                "ip daddr @host_addresses meta l4proto . th dport vmap @node_ports");
        rules("from_pods", dispatch);
        rules("from_host", dispatch);
        // A pod that reaches itself through a Service would answer itself directly; these pairs are masqueraded. So is
        // the host where it speaks with a Service's own address, and who comes through the host to go elsewhere.
        rules("return_path", List.of("ip saddr . ip daddr @hairpins masquerade",
                "ct status dnat ip saddr " + ranges + " masquerade",
                "ct status dnat oifname != \"lo\" ip daddr . meta l4proto . th dport @far masquerade"));
        String closed = "ct state new ip daddr @host_addresses meta l4proto . th dport @closed_ports";
        // An external address is nobody's here, so what is sent to it would go on to somebody else.
        String external = "ct state new ip daddr . meta l4proto . th dport @closed_externals";
        var refused = List.of(external + " meta l4proto tcp reject with tcp reset", external + " reject");
        rules("unserved_forward", refused);
        rules("unserved_output", refused);
        String other = "ct state new ip daddr " + ranges;
        rules("unserved", Stream.concat(refused.stream(), Stream.of(other + " meta l4proto tcp reject with tcp reset",
                other + " reject", closed + " meta l4proto tcp reject with tcp reset", closed + " reject")).toList());
    }

    /** The host itself is always let in: it speaks with the balancer's own address. */
    private static List<String> guard(VirtualAddress address) {
        return address.sources().isEmpty() ? List.of() : List.of("ip saddr != { " + address.sources().stream()
                .map(AddressRange::toString).collect(Collectors.joining(", ")) + " } fib saddr type != local drop");
    }

    private void service(VirtualAddress address) {
        var backends = address.backends();
        String comment = " comment \"" + shortened(address.owner()) + "\"";
        if (!address.sticky()) {
            String map = IntStream.range(0, backends.size())
                    .mapToObj(i -> i + " : " + backends.get(i).address() + " . " + backends.get(i).port())
                    .collect(Collectors.joining(", "));
            rules(chain(address), plus(guard(address), "meta l4proto " + address.protocol()
                    + " dnat to numgen random mod " + backends.size() + " map { " + map + " }" + comment));
            return;
        }
        var known = new ArrayList<>(guard(address));
        backends.forEach(backend -> known.add("ip saddr @" + clients(address, backend) + " goto "
                + backend(address, backend)));
        known.add("numgen random mod " + backends.size() + " vmap { " + IntStream.range(0, backends.size())
                .mapToObj(i -> i + " : goto " + backend(address, backends.get(i)))
                .collect(Collectors.joining(", ")) + " }" + comment);
        rules(chain(address), known);
        for (var backend : backends) {
            rules(backend(address, backend), List.of("meta l4proto " + address.protocol() + " update @"
                    + clients(address, backend) + " { ip saddr timeout " + address.affinity().toSeconds()
                    + "s } dnat to " + backend.address() + ":" + backend.port()));
        }
    }

    private static List<String> plus(List<String> rules, String last) {
        return Stream.concat(rules.stream(), Stream.of(last)).toList();
    }

    /** The kernel takes no comment of more than 127 bytes, and the whole table would be refused. */
    private static String shortened(String owner) {
        return owner.length() <= LONGEST_COMMENT ? owner : owner.substring(0, LONGEST_COMMENT);
    }
}
