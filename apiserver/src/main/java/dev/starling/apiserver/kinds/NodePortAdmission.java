package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gives services the ports of nodes that they need. What is reserved for a write that fails becomes free again. */
final class NodePortAdmission implements Admission {
    private static final String TAKEN = "provided port is already allocated";

    private final NodePorts ports;

    NodePortAdmission(NodePorts ports) {
        this.ports = ports;
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        boolean concerns = request.key().type().equals(Kinds.SERVICES) && request.key().subresource().isEmpty()
                && (request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE);
        return concerns ? new Allotment(ports, request).allotted() : request.object();
    }

    /** What one write gets. Used by the thread of that write alone. */
    private static final class Allotment {
        private final NodePorts ports;
        private final AdmissionRequest request;
        private final KubeObject service;
        private final Set<Integer> held; // what the stored service has
        private final Set<Integer> given = new HashSet<>();

        Allotment(NodePorts ports, AdmissionRequest request) {
            this.ports = ports;
            this.request = request;
            var before = request.before();
            this.service = before.map(old -> Exposure.updated(old, request.object())).orElse(request.object());
            this.held = before.map(Exposure::held).orElse(Set.of());
        }

        KubeObject allotted() {
            var whole = Exposure.hasNodePorts(service) ? withNodePorts() : service;
            return Exposure.needsHealthPort(whole) ? withHealthPort(whole) : whole;
        }

        private KubeObject withNodePorts() {
            var all = service.spec().array("ports").objects();
            var shared = request.before().isEmpty() ? requested(all) : new HashMap<Long, Integer>();
            var allotted = new ArrayList<JsonObject>();
            for (int i = 0; i < all.size(); i++) {
                var port = all.get(i);
                int own = Exposure.nodePort(port);
                if (own == 0 && !Exposure.allocates(service)) {
                    allotted.add(port);
                    continue;
                }
                long number = port.at("port").number(0);
                int wanted = own == 0 ? shared.getOrDefault(number, 0) : own;
                int got = wanted == 0 ? any("nodePort") : named(wanted, i);
                if (request.before().isEmpty()) {
                    shared.putIfAbsent(number, got);
                }
                allotted.add(Exposure.withNodePort(port, got));
            }
            return Exposure.withPorts(service, allotted);
        }

        /** In a new service, ports of one number and several protocols have one port of the nodes in common. */
        private static Map<Long, Integer> requested(List<JsonObject> all) {
            var requested = new HashMap<Long, Integer>();
            all.stream().filter(port -> Exposure.nodePort(port) != 0).forEach(port ->
                    requested.putIfAbsent(port.at("port").number(0), Exposure.nodePort(port)));
            return requested;
        }

        private int any(String what) {
            String owner = service.uid();
            int port = ports.reserve(owner).orElseThrow(() ->
                    ApiException.internal("failed to allocate a " + what + ": range is full"));
            follow(owner, port);
            return port;
        }

        /** Until it is known what becomes of this write. */
        private void follow(String owner, int port) {
            given.add(port);
            var undo = request.circumstances().undo();
            undo.unlessCommitted(() -> ports.settle(owner, port));
            undo.onceCommitted(() -> ports.settle(owner, port));
        }

        private int named(int port, int index) {
            boolean health = request.before().filter(old -> Exposure.needsHealthPort(old)
                    && Exposure.healthPort(old) == port).isPresent();
            var refusal = health ? Optional.of(TAKEN) : refusal(port);
            refusal.ifPresent(why -> {
                throw ApiException.invalid("", "Service", service.name(), List.of(new Cause("FieldValueInvalid",
                        "Invalid value: " + port + ": " + why, "spec.ports[" + index + "].nodePort")));
            });
            given.add(port);
            return port;
        }

        /** Why a port can't be had; it is reserved if it can. */
        private Optional<String> refusal(int port) {
            if (held.contains(port) || given.contains(port)) {
                return Optional.empty();
            }
            if (!ports.range().contains(port)) {
                return Optional.of("provided port is not in the valid range. The range of valid ports is "
                        + ports.range());
            }
            if (!ports.reserve(service.uid(), port)) {
                return Optional.of(TAKEN);
            }
            follow(service.uid(), port);
            return Optional.empty();
        }

        private KubeObject withHealthPort(KubeObject whole) {
            boolean had = request.before().filter(Exposure::needsHealthPort).isPresent();
            int wanted = Exposure.healthPort(whole);
            if (had && wanted != 0) {
                return whole;
            }
            int got = wanted == 0 ? any("HealthCheck NodePort") : wanted;
            if (wanted != 0) {
                var why = given.contains(wanted) ? Optional.of(TAKEN) : refusal(wanted);
                why.ifPresent(text -> {
                    throw ApiException.internal("failed to allocate requested HealthCheck NodePort " + wanted + ": "
                            + text);
                });
            }
            return whole.with(new JsonLong(got), "spec", Exposure.HEALTH_PORT);
        }
    }
}
