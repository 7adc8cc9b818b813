package dev.starling.apiserver.kinds;

import static dev.starling.apiserver.kinds.KindFactory.named;
import static dev.starling.apiserver.kinds.KindFactory.status;
import static dev.starling.apiserver.kinds.KindFactory.workload;

import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.apiserver.registry.ServedResource.Sub;
import dev.starling.kube.object.Kinds;
import java.util.List;
import java.util.Map;

/** The kinds of the core group. */
final class CoreKinds {
    private static final List<String> CREATE = List.of("create");
    private static final List<String> CHANGE = List.of("get", "patch", "update");
    private static final List<String> STREAM = List.of("create", "get");

    private final BuiltInKinds.Parts parts;
    private final KindFactory factory;
    private final ServiceRules services;

    private CoreKinds(BuiltInKinds.Parts parts, ServiceRules services) {
        this.parts = parts;
        this.factory = new KindFactory(parts.schemas());
        this.services = services;
    }

    static List<Kind> of(BuiltInKinds.Parts parts, ServiceRules services) {
        return new CoreKinds(parts, services).kinds();
    }

    private List<Kind> kinds() {
        return List.of(namespaces(), factory.kind(Kinds.NODES, new NodeRules(), "no"), pods(),
                factory.kind(named(Kinds.SERVICES, "svc").withCategories("all").returningDeleted()
                        .withSubresources(status(Kinds.SERVICES)), services),
                factory.kind(Kinds.CONFIG_MAPS, Traits.PLAIN, "cm"),
                factory.kind(Kinds.SECRETS, new SecretRules()), serviceAccounts(),
                factory.kind(Kinds.EVENTS, new EventRules(parts.eventLifetime()), "ev"),
                factory.kind(Kinds.ENDPOINTS, Traits.PLAIN.creatingOnUpdate().deprecated("v1 Endpoints is "
                        + "deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"), "ep"),
                factory.kind(named(Kinds.PERSISTENT_VOLUMES, "pv").returningDeleted()
                        .withSubresources(status(Kinds.PERSISTENT_VOLUMES)), new VolumeRules()),
                factory.kind(named(Kinds.PERSISTENT_VOLUME_CLAIMS, "pvc").returningDeleted()
                        .withSubresources(status(Kinds.PERSISTENT_VOLUME_CLAIMS)), new VolumeRules()),
                factory.kind(named(Kinds.POD_TEMPLATES).returningDeleted(), Traits.PLAIN.withGeneration()),
                factory.scaled(Kinds.REPLICATION_CONTROLLERS, "rc",
                        workload().orphaning().selectableBy("status.replicas")),
                factory.kind(Kinds.LIMIT_RANGES, Traits.PLAIN.creatingOnUpdate(), "limits"),
                factory.kind(named(Kinds.RESOURCE_QUOTAS, "quota").returningDeleted()
                        .withSubresources(status(Kinds.RESOURCE_QUOTAS)), Traits.PLAIN.withStatus()));
    }

    private Kind namespaces() {
        var type = Kinds.NAMESPACES;
        var verbs = List.of("create", "delete", "get", "list", "patch", "update", "watch");
        var served = new ServedResource(type, "namespace", verbs, List.of("ns"), List.of(),
                List.of(new Sub("finalize", type.apiVersion(), type.kind(), List.of("update")), status(type)), true);
        return factory.kind(served, new NamespaceRules()).with(Map.of("finalize", new FinalizeSubresource()));
    }

    private Kind pods() {
        var type = Kinds.PODS;
        var served = named(type, "po").withCategories("all").returningDeleted().withSubresources(
                new Sub("attach", "v1", "PodAttachOptions", STREAM), new Sub("binding", "v1", "Binding", CREATE),
                new Sub("ephemeralcontainers", "v1", "Pod", CHANGE),
                new Sub("eviction", "policy/v1", "Eviction", CREATE), new Sub("exec", "v1", "PodExecOptions", STREAM),
                new Sub("log", "v1", "Pod", List.of("get")),
                new Sub("portforward", "v1", "PodPortForwardOptions", STREAM),
                new Sub("resize", "v1", "Pod", CHANGE), status(type));
        return factory.kind(served, new PodRules()).with(Map.of("binding", new BindingSubresource(parts.clock()),
                "eviction", new EvictionSubresource(parts.clock())));
    }

    private Kind serviceAccounts() {
        var served = named(Kinds.SERVICE_ACCOUNTS, "sa").returningDeleted().withSubresources(
                new Sub("token", "authentication.k8s.io/v1", "TokenRequest", CREATE));
        return factory.kind(served, Traits.PLAIN)
                .with(Map.of("token", new TokenSubresource(parts.tokens(), parts.clock())));
    }
}
