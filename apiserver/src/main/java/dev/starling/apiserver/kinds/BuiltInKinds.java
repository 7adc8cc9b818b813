package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.KindSchema;
import dev.starling.apiserver.registry.ObjectReader;
import dev.starling.apiserver.registry.TokenIssuer;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.net.PortRange;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The built-in kinds with their rules, and the admissions that go with them. They share the addresses and
 * ports of services, so that one of these belongs to one registry.
 */
public final class BuiltInKinds {
    private final Parts parts;
    private final ClusterIps addresses;
    private final NodePorts ports;

    /**
     * What the kinds need of their surroundings.
     *
     * @param schemas the schema of each type
     * @param nodePorts from which services of type NodePort and LoadBalancer get theirs
     * @param stored what is in the store already: the addresses and ports of its services are taken
     * @param eventLifetime how long an event stays after it was last seen
     */
    public record Parts(Function<ResourceType, KindSchema> schemas, AddressRange serviceRange,
            PortRange nodePorts, ObjectReader stored, TokenIssuer tokens, InstantSource clock, RandomGenerator random,
            Duration eventLifetime) {
        /** How long Kubernetes keeps events. */
        public static final Duration USUAL_EVENT_LIFETIME = Duration.ofHours(1);
        /** The range of Kubernetes. */
        public static final PortRange USUAL_NODE_PORTS = new PortRange(30_000, 32_767);

        public Parts(Function<ResourceType, KindSchema> schemas, AddressRange serviceRange, ObjectReader stored,
                TokenIssuer tokens, InstantSource clock, RandomGenerator random) {
            this(schemas, serviceRange, USUAL_NODE_PORTS, stored, tokens, clock, random, USUAL_EVENT_LIFETIME);
        }
    }

    public BuiltInKinds(Parts parts) {
        this.parts = parts;
        var services = parts.stored().all(Kinds.SERVICES, "");
        this.addresses = new ClusterIps(parts.serviceRange(), services);
        this.ports = new NodePorts(parts.nodePorts(), parts.random(), services);
    }

    /**
     * In the order in which they see each write. Addresses and ports are given last, to what is otherwise ready.
     *
     * @param early others that come before pods get their service account
     * @param late others that see pods with it
     */
    public List<Admission> admissions(List<Admission> early, List<Admission> late) {
        return Stream.of(List.of(new NamespaceLifecycle()), early,
                        List.of(new ServiceAccountAdmission(parts.random())), late,
                        List.of(new ServiceAddressAdmission(addresses), new NodePortAdmission(ports)))
                .<Admission>flatMap(List::stream).toList();
    }

    /** In discovery's order. */
    public List<Kind> kinds() {
        var factory = new KindFactory(parts.schemas());
        var services = new ServiceRules(addresses, ports);
        return Stream.of(CoreKinds.of(parts, services), WorkloadKinds.of(factory), ClusterKinds.of(factory))
                .flatMap(List::stream).toList();
    }
}
