package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.registry.KindSchema;
import dev.starling.apiserver.registry.ObjectReader;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.apiserver.registry.ServedResource.Sub;
import dev.starling.apiserver.registry.TokenIssuer;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * The built-in kinds with their rules, and the admissions that go with them. They share the addresses of services, so
 * that one of these belongs to one registry.
 */
public final class BuiltInKinds {
    private static final List<String> READ_WRITE = List.of("get", "patch", "update");
    private static final List<String> CREATE = List.of("create");
    private static final List<String> STREAM = List.of("create", "get");

    private final Parts parts;
    private final ClusterIps addresses;

    /**
     * What the kinds need of their surroundings.
     *
     * @param schemas the schema of each type
     * @param stored what is in the store already: the addresses of its services are taken
     */
    public record Parts(Function<ResourceType, KindSchema> schemas, AddressRange serviceRange,
            ObjectReader stored, TokenIssuer tokens, InstantSource clock, RandomGenerator random) {
    }

    public BuiltInKinds(Parts parts) {
        this.parts = parts;
        this.addresses = new ClusterIps(parts.serviceRange(), parts.stored().all(Kinds.SERVICES, ""));
    }

    /** In the order in which they see each write. */
    public List<Admission> admissions() {
        return List.of(new NamespaceLifecycle(), new ServiceAccountAdmission(parts.random()), new PodAdmission(),
                new ServiceAddressAdmission(addresses));
    }

    /** In discovery's order. */
    public List<Kind> kinds() {
        var conditional = Traits.PLAIN.updatingConditionally();
        return List.of(namespaces(), kind(nodes(), new NodeRules()), pods(),
                kind(named(Kinds.SERVICES, "svc").withCategories("all").withSubresources(status(Kinds.SERVICES))
                        .returningDeleted(), new ServiceRules(addresses)),
                kind(named(Kinds.CONFIG_MAPS, "cm"), Traits.PLAIN),
                kind(named(Kinds.SECRETS), Traits.PLAIN.selectableBy("type")), serviceAccounts(),
                kind(named(Kinds.EVENTS, "ev"), new EventRules()),
                kind(named(Kinds.ENDPOINT_SLICES), Traits.PLAIN.withGeneration()),
                kind(named(Kinds.LEASES), conditional.creatingOnUpdate()),
                scaled(Kinds.REPLICA_SETS, "rs", workload().selectableBy("status.replicas")),
                scaled(Kinds.DEPLOYMENTS, "deploy", new DeploymentRules()),
                kind(named(Kinds.JOBS).withCategories("all").withSubresources(status(Kinds.JOBS)), new JobRules()),
                kind(named(Kinds.CRON_JOBS, "cj").withCategories("all").withSubresources(status(Kinds.CRON_JOBS)),
                        workload()),
                kind(named(Kinds.HORIZONTAL_POD_AUTOSCALERS, "hpa").withCategories("all")
                        .withSubresources(status(Kinds.HORIZONTAL_POD_AUTOSCALERS)), Traits.PLAIN.withStatus()),
                kind(named(Kinds.RUNTIME_CLASSES), Traits.PLAIN),
                kind(named(Kinds.ROLES), RoleRules.RULES), kind(named(Kinds.ROLE_BINDINGS), RoleRules.RULES),
                kind(named(Kinds.CLUSTER_ROLES), RoleRules.RULES),
                kind(named(Kinds.CLUSTER_ROLE_BINDINGS), RoleRules.RULES),
                kind(named(Kinds.FARGATE_PROFILES, "fp").withSubresources(status(Kinds.FARGATE_PROFILES)),
                        workload()));
    }

    private static Traits workload() {
        return Traits.PLAIN.withStatus().withGeneration();
    }

    private static ServedResource named(ResourceType type, String... shortNames) {
        return ServedResource.stored(type).withShortNames(shortNames);
    }

    private static Sub status(ResourceType type) {
        return new Sub("status", type.apiVersion(), type.kind(), READ_WRITE);
    }

    private Kind kind(ServedResource served, KindRules rules) {
        return Kind.of(served, rules).with(parts.schemas().apply(served.type()));
    }

    private Kind namespaces() {
        var type = Kinds.NAMESPACES;
        var verbs = List.of("create", "delete", "get", "list", "patch", "update", "watch");
        var served = new ServedResource(type, "namespace", verbs, List.of("ns"), List.of(),
                List.of(new Sub("finalize", type.apiVersion(), type.kind(), List.of("update")), status(type)), true);
        return kind(served, new NamespaceRules()).with(Map.of("finalize", new FinalizeSubresource()));
    }

    private static ServedResource nodes() {
        return named(Kinds.NODES, "no").withSubresources(status(Kinds.NODES));
    }

    private Kind pods() {
        var type = Kinds.PODS;
        var served = named(type, "po").withCategories("all").returningDeleted().withSubresources(
                new Sub("attach", "v1", "PodAttachOptions", STREAM), new Sub("binding", "v1", "Binding", CREATE),
                new Sub("eviction", "policy/v1", "Eviction", CREATE), new Sub("exec", "v1", "PodExecOptions", STREAM),
                new Sub("log", "v1", "Pod", List.of("get")),
                new Sub("portforward", "v1", "PodPortForwardOptions", STREAM), status(type));
        return kind(served, new PodRules()).with(Map.of("binding", new BindingSubresource(parts.clock()),
                "eviction", new EvictionSubresource()));
    }

    private Kind serviceAccounts() {
        var served = named(Kinds.SERVICE_ACCOUNTS, "sa").returningDeleted().withSubresources(
                new Sub("token", "authentication.k8s.io/v1", "TokenRequest", CREATE));
        return kind(served, Traits.PLAIN).with(Map.of("token", new TokenSubresource(parts.tokens(), parts.clock())));
    }

    private Kind scaled(ResourceType type, String shortName, KindRules rules) {
        var served = named(type, shortName).withCategories("all").withSubresources(
                new Sub("scale", "autoscaling/v1", "Scale", READ_WRITE), status(type));
        return kind(served, rules).with(Map.of("scale", new ScaleSubresource()));
    }
}
