package dev.starling.kube.object;

import java.util.List;

/** The built-in resource types that the product's own components use as clients. */
public final class Kinds {
    public static final ResourceType NAMESPACES = new ResourceType("", "v1", "namespaces", "Namespace", false);
    public static final ResourceType NODES = new ResourceType("", "v1", "nodes", "Node", false);
    public static final ResourceType PODS = new ResourceType("", "v1", "pods", "Pod", true);
    public static final ResourceType SERVICES = new ResourceType("", "v1", "services", "Service", true);
    public static final ResourceType CONFIG_MAPS = new ResourceType("", "v1", "configmaps", "ConfigMap", true);
    public static final ResourceType SECRETS = new ResourceType("", "v1", "secrets", "Secret", true);
    public static final ResourceType SERVICE_ACCOUNTS =
            new ResourceType("", "v1", "serviceaccounts", "ServiceAccount", true);
    public static final ResourceType EVENTS = new ResourceType("", "v1", "events", "Event", true);
    public static final ResourceType ENDPOINT_SLICES =
            new ResourceType("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true);
    public static final ResourceType LEASES =
            new ResourceType("coordination.k8s.io", "v1", "leases", "Lease", true);
    public static final ResourceType REPLICA_SETS =
            new ResourceType("apps", "v1", "replicasets", "ReplicaSet", true);
    public static final ResourceType DEPLOYMENTS =
            new ResourceType("apps", "v1", "deployments", "Deployment", true);
    public static final ResourceType JOBS = new ResourceType("batch", "v1", "jobs", "Job", true);
    public static final ResourceType CRON_JOBS = new ResourceType("batch", "v1", "cronjobs", "CronJob", true);
    public static final ResourceType HORIZONTAL_POD_AUTOSCALERS =
            new ResourceType("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", true);
    public static final ResourceType RUNTIME_CLASSES =
            new ResourceType("node.k8s.io", "v1", "runtimeclasses", "RuntimeClass", false);
    public static final ResourceType ROLES =
            new ResourceType("rbac.authorization.k8s.io", "v1", "roles", "Role", true);
    public static final ResourceType ROLE_BINDINGS =
            new ResourceType("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", true);
    public static final ResourceType CLUSTER_ROLES =
            new ResourceType("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false);
    public static final ResourceType CLUSTER_ROLE_BINDINGS =
            new ResourceType("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", false);
    public static final ResourceType FARGATE_PROFILES =
            new ResourceType("starling.dev", "v1", "fargateprofiles", "FargateProfile", false);
    public static final ResourceType POD_METRICS =
            new ResourceType("metrics.k8s.io", "v1beta1", "pods", "PodMetrics", true);
    public static final ResourceType NODE_METRICS =
            new ResourceType("metrics.k8s.io", "v1beta1", "nodes", "NodeMetrics", false);
    /** Closed and open usage spans as the ledger holds them: the facts that a bill is a replay of. Read-only. */
    public static final ResourceType USAGE_SPANS =
            new ResourceType("billing.starling.dev", "v1", "usagespans", "UsageSpan", true);

    /** Every type that is stored, in the order in which discovery names them. */
    public static final List<ResourceType> STORED = List.of(NAMESPACES, NODES, PODS, SERVICES, CONFIG_MAPS, SECRETS,
            SERVICE_ACCOUNTS, EVENTS, ENDPOINT_SLICES, LEASES, REPLICA_SETS, DEPLOYMENTS, JOBS, CRON_JOBS,
            HORIZONTAL_POD_AUTOSCALERS, RUNTIME_CLASSES, ROLES, ROLE_BINDINGS, CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS,
            FARGATE_PROFILES);

    private Kinds() {
    }
}
