package dev.starling.gateway.service;

import dev.starling.gateway.service.VirtualAddress.Backend;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The text of one nftables table, a pure function of the addresses. Connections are matched by one map look-up on
 * address, protocol and port, however many Services there are, and sent to an endpoint by one more. What is sent to
 * the service range and belongs to no Service with a ready endpoint is refused at once instead of reaching the host.
 *
 * <p>Where clients stay with their endpoint, each endpoint has a set of its clients, which the kernel fills and
 * empties. These sets outlive a change of the table, so a change elsewhere moves no client.
 */
final class RuleSet {
    private static final int LONGEST_COMMENT = 120;
    private static final Part SERVICES = new Part("map", "services");
    private static final Part HAIRPINS = new Part("set", "hairpins");

    /** A named part of a table: a chain, a set or a map. */
    record Part(String kind, String name) {
    }

    /** The table's name, in family {@code ip}, the service range, and the addresses of it that the host answers. */
    record Place(String table, String range, List<String> served) {
    }

    private final Place place;
    private final List<VirtualAddress> reachable;
    private final StringBuilder text = new StringBuilder();

    private RuleSet(Place place, List<VirtualAddress> addresses) {
        this.place = place;
        this.reachable = addresses.stream().filter(address -> !place.served().contains(address.address()))
                .filter(address -> !address.backends().isEmpty()).toList();
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
        flush(SERVICES);
        flush(HAIRPINS);
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
        elements(SERVICES, reachable.stream().map(address -> address.address() + " . " + address.protocol() + " . "
                + address.port() + " : goto " + chain(address)).toList());
        elements(HAIRPINS, reachable.stream().flatMap(address -> address.backends().stream()).map(Backend::address)
                .distinct().sorted().map(address -> address + " . " + address).toList());
        return text.toString();
    }

    private Set<Part> parts() {
        var parts = new LinkedHashSet<>(List.of(SERVICES, HAIRPINS));
        for (String name : List.of("from_pods", "from_host", "return_path", "unserved")) {
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
        return address.address() + "_" + address.protocol() + "_" + address.port();
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
        text.append("  map services {\n    type ipv4_addr . inet_proto . inet_service : verdict\n  }\n");
        text.append("  set hairpins {\n    type ipv4_addr . ipv4_addr\n  }\n");
        hook("from_pods", "nat hook prerouting priority dstnat");
        hook("from_host", "nat hook output priority -100");
        hook("return_path", "nat hook postrouting priority srcnat");
        hook("unserved", "filter hook input priority filter");
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
        String range = place.range();
        String dispatch = "ip daddr " + range + " ip daddr . meta l4proto . th dport vmap @services";
        rules("from_pods", List.of(dispatch));
        rules("from_host", List.of(dispatch));
        // A pod that reaches itself through a Service would answer itself directly; these pairs are masqueraded.
        rules("return_path", List.of("ip saddr . ip daddr @hairpins masquerade",
                "ct status dnat ip saddr " + range + " masquerade"));
        var unserved = new ArrayList<String>();
        if (!place.served().isEmpty()) {
            unserved.add("ip daddr { " + String.join(", ", place.served()) + " } accept");
        }
        unserved.add("ct state new ip daddr " + range + " meta l4proto tcp reject with tcp reset");
        unserved.add("ct state new ip daddr " + range + " reject");
        rules("unserved", unserved);
    }

    private void service(VirtualAddress address) {
        var backends = address.backends();
        String comment = " comment \"" + shortened(address.owner()) + "\"";
        if (!address.sticky()) {
            String map = IntStream.range(0, backends.size())
                    .mapToObj(i -> i + " : " + backends.get(i).address() + " . " + backends.get(i).port())
                    .collect(Collectors.joining(", "));
            rules(chain(address), List.of("meta l4proto " + address.protocol() + " dnat to numgen random mod "
                    + backends.size() + " map { " + map + " }" + comment));
            return;
        }
        var known = new ArrayList<>(backends.stream().map(backend ->
                "ip saddr @" + clients(address, backend) + " goto " + backend(address, backend)).toList());
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

    /** The kernel takes no comment of more than 127 bytes, and the whole table would be refused. */
    private static String shortened(String owner) {
        return owner.length() <= LONGEST_COMMENT ? owner : owner.substring(0, LONGEST_COMMENT);
    }
}
