package dev.starling.apiserver.kinds;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * By which fields a service is reached from outside the cluster, and what an update makes of them: values that were
 * given stay where a client does not repeat them, and go where the new type has no use for them (rules: Kubernetes).
 * Pure functions.
 */
final class Exposure {
    static final String NODE_PORT = "nodePort";
    static final String HEALTH_PORT = "healthCheckNodePort";
    private static final String POLICY = "externalTrafficPolicy";
    private static final String ALLOCATES = "allocateLoadBalancerNodePorts";
    private static final String BALANCER_CLASS = "loadBalancerClass";

    private Exposure() {
    }

    private static boolean is(KubeObject service, String... types) {
        return List.of(types).contains(service.spec().text("type"));
    }

    static boolean isBalanced(KubeObject service) {
        return is(service, "LoadBalancer");
    }

    static boolean hasNodePorts(KubeObject service) {
        return is(service, "NodePort", "LoadBalancer");
    }

    private static boolean isReachable(KubeObject service) {
        return hasNodePorts(service)
                || is(service, "ClusterIP") && !service.spec().array("externalIPs").isEmpty();
    }

    /** Whether a balancer must ask which nodes have endpoints. */
    static boolean needsHealthPort(KubeObject service) {
        return isBalanced(service) && service.spec().text(POLICY).equals("Local");
    }

    /** Whether ports that name no port of the nodes get one. */
    static boolean allocates(KubeObject service) {
        return hasNodePorts(service)
                && !(isBalanced(service) && service.spec().at(ALLOCATES) == JsonBoolean.FALSE);
    }

    static int nodePort(JsonObject port) {
        return (int) port.at(NODE_PORT).number(0);
    }

    static int healthPort(KubeObject service) {
        return (int) service.spec().at(HEALTH_PORT).number(0);
    }

    private static Set<Integer> nodePorts(KubeObject service) {
        var ports = new TreeSet<Integer>();
        service.spec().array("ports").objects().stream().map(Exposure::nodePort).filter(port -> port != 0)
                .forEach(ports::add);
        return ports;
    }

    /** Every port of the nodes that a service has. */
    static Set<Integer> held(KubeObject service) {
        var ports = hasNodePorts(service) ? nodePorts(service) : new TreeSet<Integer>();
        if (needsHealthPort(service) && healthPort(service) != 0) {
            ports.add(healthPort(service));
        }
        return ports;
    }

    /** An update as it is meant. */
    static KubeObject updated(KubeObject before, KubeObject after) {
        return dropped(before, kept(before, after));
    }

    private static KubeObject kept(KubeObject before, KubeObject after) {
        var kept = hasNodePorts(before) && hasNodePorts(after) ? nodePortsKept(before, after) : after;
        boolean health = needsHealthPort(before) && needsHealthPort(kept) && healthPort(kept) == 0;
        return health ? kept.with(new JsonLong(healthPort(before)), "spec", HEALTH_PORT) : kept;
    }

    /** A port keeps what the one of its name had, unless another port of the update names that. */
    private static KubeObject nodePortsKept(KubeObject before, KubeObject after) {
        var used = new HashSet<>(nodePorts(before));
        used.retainAll(nodePorts(after));
        var named = new HashMap<String, Integer>();
        before.spec().array("ports").objects().forEach(port -> named.put(port.text("name"), nodePort(port)));
        return withPorts(after, after.spec().array("ports").objects().stream().map(port -> {
            int old = named.getOrDefault(port.text("name"), 0);
            return nodePort(port) == 0 && !used.contains(old) ? withNodePort(port, old) : port;
        }).toList());
    }

    static JsonObject withNodePort(JsonObject port, int number) {
        return number == 0 ? port.without(NODE_PORT) : port.with(NODE_PORT, new JsonLong(number));
    }

    static KubeObject withPorts(KubeObject service, List<JsonObject> ports) {
        boolean none = ports.isEmpty() && !service.spec().has("ports");
        return none ? service : service.with(JsonArray.of(ports), "spec", "ports");
    }

    private static KubeObject dropped(KubeObject before, KubeObject after) {
        var left = after;
        if (hasNodePorts(before) && !hasNodePorts(after) && nodePorts(before).containsAll(nodePorts(after))) {
            left = withPorts(left, after.spec().array("ports").objects().stream()
                    .map(port -> withNodePort(port, 0)).toList());
        }
        left = needsHealthPort(before) && !needsHealthPort(after) ? unlessChanged(before, left, HEALTH_PORT) : left;
        if (isBalanced(before) && !isBalanced(after)) {
            left = unlessChanged(before, unlessChanged(before, left, ALLOCATES), BALANCER_CLASS);
        }
        return isReachable(before) && !isReachable(after) ? unlessChanged(before, left, POLICY) : left;
    }

    /** What a client changed as well is left to be refused. */
    private static KubeObject unlessChanged(KubeObject before, KubeObject after, String field) {
        Json now = after.spec().at(field);
        return now.equals(before.spec().at(field)) ? after.without("spec", field) : after;
    }
}
