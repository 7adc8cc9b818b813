package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.KindSchema;
import dev.starling.apiserver.registry.ObjectReader;
import dev.starling.apiserver.registry.TokenIssuer;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The built-in kinds with their rules, and the admissions that go with them. They share the addresses of services, so
 * that one of these belongs to one registry.
 */
public final class BuiltInKinds {
    private final Parts parts;
    private final ClusterIps addresses;

    /**
     * What the kinds need of their surroundings.
     *
     * @param schemas the schema of each type
     * @param stored what is in the store already: the addresses of its services are taken
     * @param eventLifetime how long an event stays after it was last seen
     */
    public record Parts(Function<ResourceType, KindSchema> schemas, AddressRange serviceRange,
            ObjectReader stored, TokenIssuer tokens, InstantSource clock, RandomGenerator random,
            Duration eventLifetime) {
        /** How long Kubernetes keeps events. */
        public static final Duration USUAL_EVENT_LIFETIME = Duration.ofHours(1);

        public Parts(Function<ResourceType, KindSchema> schemas, AddressRange serviceRange, ObjectReader stored,
                TokenIssuer tokens, InstantSource clock, RandomGenerator random) {
            this(schemas, serviceRange, stored, tokens, clock, random, USUAL_EVENT_LIFETIME);
        }
    }

    public BuiltInKinds(Parts parts) {
        this.parts = parts;
        this.addresses = new ClusterIps(parts.serviceRange(), parts.stored().all(Kinds.SERVICES, ""));
    }

    /**
     * In the order in which they see each write. Addresses are given last, to what is otherwise ready.
     *
     * @param early others that come before pods get their service account
     * @param late others that see pods with it
     */
    public List<Admission> admissions(List<Admission> early, List<Admission> late) {
        return Stream.of(List.of(new NamespaceLifecycle()), early,
                        List.of(new ServiceAccountAdmission(parts.random())), late,
                        List.of(new ServiceAddressAdmission(addresses)))
                .<Admission>flatMap(List::stream).toList();
    }

    /** In discovery's order. */
    public List<Kind> kinds() {
        var factory = new KindFactory(parts.schemas());
        return Stream.of(CoreKinds.of(parts, addresses), WorkloadKinds.of(factory), ClusterKinds.of(factory))
                .flatMap(List::stream).toList();
    }
}
