package dev.starling.control.scheduler;

import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** A port of its node that a pod takes, on one address or, with {@code 0.0.0.0}, on all. */
record HostPort(String address, String protocol, long port) {
    private static final String ANY = "0.0.0.0";

    static List<HostPort> of(JsonObject spec) {
        var ports = new ArrayList<HostPort>();
        add(ports, spec, "containers");
        for (var container : spec.array("initContainers").objects()) {
            if (container.text("restartPolicy").equals("Always")) {
                add(ports, container);
            }
        }
        return ports.isEmpty() ? List.of() : List.copyOf(ports);
    }

    private static void add(List<HostPort> ports, JsonObject spec, String field) {
        for (var container : spec.array(field)) {
            add(ports, container.object());
        }
    }

    private static void add(List<HostPort> ports, JsonObject container) {
        for (var port : container.array("ports")) {
            long number = port.object().at("hostPort").number(0);
            if (number > 0) {
                String address = port.object().text("hostIP");
                String protocol = port.object().text("protocol");
                ports.add(new HostPort(address.isEmpty() ? ANY : address, protocol.isEmpty() ? "TCP" : protocol,
                        number));
            }
        }
    }

    boolean meets(HostPort other) {
        return port == other.port && protocol.equals(other.protocol)
                && (address.equals(other.address) || address.equals(ANY) || other.address.equals(ANY));
    }
}
