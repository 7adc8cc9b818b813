package dev.starling.gateway.service;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The text of one nftables table, a pure function of the addresses. Connections are matched by one map look-up on
 * address, protocol and port, however many Services there are, and sent to an endpoint by one more. What is sent to
 * the service range and belongs to no Service with a ready endpoint is refused at once instead of reaching the host.
 */
final class RuleSet {
    private static final int LONGEST_COMMENT = 120;

    private RuleSet() {
    }

    /**
     * @param table the table's name, in family {@code ip}; it is replaced as a whole, in one transaction
     * @param range the service range in CIDR form
     * @param served addresses of the range that the host itself answers, such as the API server's
     */
    static String render(String table, String range, List<String> served, List<VirtualAddress> addresses) {
        var reachable = addresses.stream().filter(address -> !served.contains(address.address()))
                .filter(address -> !address.backends().isEmpty()).toList();
        var text = new StringBuilder();
        text.append("table ip ").append(table).append("\ndelete table ip ").append(table).append('\n');
        text.append("table ip ").append(table).append(" {\n");
        for (int i = 0; i < reachable.size(); i++) {
            text.append(endpoints(i, reachable.get(i)));
        }
        text.append(services(reachable)).append(hairpins(reachable));
        String dispatch = "    ip daddr " + range + " ip daddr . meta l4proto . th dport vmap @services\n";
        text.append(chain("from_pods", "nat hook prerouting priority dstnat", dispatch));
        text.append(chain("from_host", "nat hook output priority -100", dispatch));
        text.append(chain("return_path", "nat hook postrouting priority srcnat",
                "    ip saddr . ip daddr @hairpins masquerade\n"
                        + "    ct status dnat ip saddr " + range + " masquerade\n"));
        String open = served.isEmpty() ? "" : "    ip daddr { " + String.join(", ", served) + " } accept\n";
        text.append(chain("unserved", "filter hook input priority filter",
                open + "    ct state new ip daddr " + range + " meta l4proto tcp reject with tcp reset\n"
                        + "    ct state new ip daddr " + range + " reject\n"));
        return text.append("}\n").toString();
    }

    private static String chain(String name, String hook, String rules) {
        return "  chain " + name + " {\n    type " + hook + "; policy accept;\n" + rules + "  }\n";
    }

    private static String endpoints(int number, VirtualAddress address) {
        var backends = address.backends();
        String choice = address.sticky() ? "jhash ip saddr mod " : "numgen random mod ";
        String map = IntStream.range(0, backends.size())
                .mapToObj(i -> i + " : " + backends.get(i).address() + " . " + backends.get(i).port())
                .collect(Collectors.joining(", "));
        return "  chain service_" + number + " {\n"
                + "    meta l4proto " + address.protocol() + " dnat to " + choice + backends.size()
                + " map { " + map + " } comment \"" + shortened(address.owner()) + "\"\n  }\n";
    }

    /** The kernel takes no comment of more than 127 bytes, and the whole table would be refused. */
    private static String shortened(String owner) {
        return owner.length() <= LONGEST_COMMENT ? owner : owner.substring(0, LONGEST_COMMENT);
    }

    private static String services(List<VirtualAddress> reachable) {
        var elements = IntStream.range(0, reachable.size()).mapToObj(i -> {
            var address = reachable.get(i);
            return address.address() + " . " + address.protocol() + " . " + address.port() + " : goto service_" + i;
        }).toList();
        return "  map services {\n    type ipv4_addr . inet_proto . inet_service : verdict\n"
                + elements(elements) + "  }\n";
    }

    /** A pod that reaches itself through a Service would answer itself directly; these pairs are masqueraded. */
    private static String hairpins(List<VirtualAddress> reachable) {
        var elements = reachable.stream().flatMap(address -> address.backends().stream())
                .map(VirtualAddress.Backend::address).distinct().sorted()
                .map(address -> address + " . " + address).toList();
        return "  set hairpins {\n    type ipv4_addr . ipv4_addr\n" + elements(elements) + "  }\n";
    }

    private static String elements(List<String> elements) {
        return elements.isEmpty() ? "" : "    elements = { " + String.join(",\n      ", elements) + " }\n";
    }
}
