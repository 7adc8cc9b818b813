package dev.starling.apiserver.table;

import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.util.Map;

/** The layouts of the kinds that have columns of their own. */
final class Layouts {
    static final Map<ResourceType, Layout> BY_TYPE = Map.ofEntries(
            Map.entry(Kinds.PODS, new PodLayout()),
            Map.entry(Kinds.DEPLOYMENTS, WorkloadLayouts.DEPLOYMENT),
            Map.entry(Kinds.REPLICA_SETS, WorkloadLayouts.REPLICA_SET),
            Map.entry(Kinds.JOBS, WorkloadLayouts.JOB),
            Map.entry(Kinds.CRON_JOBS, WorkloadLayouts.CRON_JOB),
            Map.entry(Kinds.HORIZONTAL_POD_AUTOSCALERS, WorkloadLayouts.AUTOSCALER),
            Map.entry(Kinds.SERVICES, ServiceLayouts.SERVICE),
            Map.entry(Kinds.ENDPOINT_SLICES, ServiceLayouts.ENDPOINT_SLICE),
            Map.entry(Kinds.NODES, ClusterLayouts.NODE),
            Map.entry(Kinds.NAMESPACES, ClusterLayouts.NAMESPACE),
            Map.entry(Kinds.CONFIG_MAPS, ClusterLayouts.CONFIG_MAP),
            Map.entry(Kinds.SECRETS, ClusterLayouts.SECRET),
            Map.entry(Kinds.SERVICE_ACCOUNTS, ClusterLayouts.SERVICE_ACCOUNT),
            Map.entry(Kinds.EVENTS, ClusterLayouts.EVENT),
            Map.entry(Kinds.LEASES, ClusterLayouts.LEASE),
            Map.entry(Kinds.RUNTIME_CLASSES, ClusterLayouts.RUNTIME_CLASS),
            Map.entry(Kinds.ROLES, RoleLayouts.ROLE),
            Map.entry(Kinds.CLUSTER_ROLES, RoleLayouts.ROLE),
            Map.entry(Kinds.ROLE_BINDINGS, RoleLayouts.BINDING),
            Map.entry(Kinds.CLUSTER_ROLE_BINDINGS, RoleLayouts.BINDING),
            Map.entry(Kinds.FARGATE_PROFILES, ClusterLayouts.FARGATE_PROFILE));

    private Layouts() {
    }
}
