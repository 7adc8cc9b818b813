package dev.starling.apiserver.kinds;

import static dev.starling.apiserver.kinds.KindFactory.named;
import static dev.starling.apiserver.kinds.KindFactory.status;
import static dev.starling.apiserver.kinds.KindFactory.workload;

import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.stream.Stream;

/** The kinds that shape a cluster: its network, its storage, its rules and what it is made of. */
final class ClusterKinds {
    private static final Traits GENERATION = Traits.PLAIN.withGeneration();
    private static final Traits CONDITIONAL = Traits.PLAIN.updatingConditionally();

    private final KindFactory factory;

    private ClusterKinds(KindFactory factory) {
        this.factory = factory;
    }

    static List<Kind> of(KindFactory factory) {
        var kinds = new ClusterKinds(factory);
        return Stream.of(kinds.network(), kinds.roles(), kinds.storage(), kinds.admission(),
                OtherVersions.mutatingPolicies(factory), kinds.scheduling(), kinds.devices(), kinds.fairness())
                .flatMap(List::stream).toList();
    }

    private List<Kind> network() {
        return List.of(factory.kind(Kinds.INGRESSES, workload(), "ing"),
                factory.kind(Kinds.INGRESS_CLASSES, GENERATION),
                factory.kind(Kinds.NETWORK_POLICIES, GENERATION, "netpol"),
                factory.kind(Kinds.IP_ADDRESSES, Traits.PLAIN, "ip"),
                factory.kind(Kinds.SERVICE_CIDRS, Traits.PLAIN.withStatusAlone()));
    }

    private List<Kind> roles() {
        return Stream.of(Kinds.ROLES, Kinds.ROLE_BINDINGS, Kinds.CLUSTER_ROLES, Kinds.CLUSTER_ROLE_BINDINGS)
                .map(type -> factory.kind(type, RoleRules.RULES)).toList();
    }

    private List<Kind> storage() {
        return List.of(deletedIsAnswered(Kinds.STORAGE_CLASSES, Traits.PLAIN, "sc"),
                deletedIsAnswered(Kinds.CSI_DRIVERS, CONDITIONAL.withGeneration()),
                deletedIsAnswered(Kinds.CSI_NODES, CONDITIONAL),
                deletedIsAnswered(Kinds.VOLUME_ATTACHMENTS, CONDITIONAL.withStatusAlone()),
                deletedIsAnswered(Kinds.CSI_STORAGE_CAPACITIES, CONDITIONAL),
                deletedIsAnswered(Kinds.VOLUME_ATTRIBUTES_CLASSES, Traits.PLAIN, "vac"));
    }

    private Kind deletedIsAnswered(ResourceType type, KindRules rules, String... shortNames) {
        var served = named(type, shortNames).returningDeleted();
        return factory.kind(rules.hasStatus() ? served.withSubresources(status(type)) : served, rules);
    }

    private List<Kind> admission() {
        var rules = GENERATION.updatingConditionally();
        return List.of(factory.kind(extension(Kinds.MUTATING_WEBHOOK_CONFIGURATIONS), rules),
                factory.kind(extension(Kinds.VALIDATING_WEBHOOK_CONFIGURATIONS), rules),
                factory.kind(extension(Kinds.VALIDATING_ADMISSION_POLICIES)
                        .withSubresources(status(Kinds.VALIDATING_ADMISSION_POLICIES)), rules.withStatusAlone()),
                factory.kind(extension(Kinds.VALIDATING_ADMISSION_POLICY_BINDINGS), rules),
                factory.kind(extension(Kinds.MUTATING_ADMISSION_POLICIES), rules),
                factory.kind(extension(Kinds.MUTATING_ADMISSION_POLICY_BINDINGS), rules));
    }

    static ServedResource extension(ResourceType type) {
        return named(type).withCategories("api-extensions");
    }

    private List<Kind> scheduling() {
        return List.of(factory.kind(Kinds.PRIORITY_CLASSES, new PriorityRules(), "pc"),
                factory.kind(Kinds.POD_GROUPS, GENERATION.withStatusAlone()),
                factory.kind(Kinds.LEASES, CONDITIONAL.creatingOnUpdate()),
                factory.kind(Kinds.RUNTIME_CLASSES, CONDITIONAL.creatingOnUpdate()),
                factory.kind(Kinds.ENDPOINT_SLICES, GENERATION));
    }

    private List<Kind> devices() {
        return List.of(factory.kind(Kinds.DEVICE_CLASSES, GENERATION),
                factory.kind(Kinds.RESOURCE_CLAIMS, Traits.PLAIN.withStatusAlone()),
                factory.kind(Kinds.RESOURCE_CLAIM_TEMPLATES, Traits.PLAIN),
                factory.kind(Kinds.RESOURCE_SLICES, GENERATION.selectableBy("spec.driver", "spec.nodeName")));
    }

    private List<Kind> fairness() {
        return List.of(factory.kind(Kinds.FLOW_SCHEMAS, GENERATION.withStatusAlone()),
                factory.kind(Kinds.PRIORITY_LEVEL_CONFIGURATIONS, GENERATION.withStatusAlone()),
                factory.kind(named(Kinds.API_SERVICES).withCategories("api-extensions")
                        .withSubresources(status(Kinds.API_SERVICES)), new ApiServiceRules()),
                factory.kind(Kinds.FARGATE_PROFILES, workload(), "fp"));
    }
}
