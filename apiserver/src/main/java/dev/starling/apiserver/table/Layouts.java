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
            Map.entry(Kinds.CERTIFICATE_SIGNING_REQUESTS, RoleLayouts.CERTIFICATE_REQUEST),
            Map.entry(Kinds.ROLES, RoleLayouts.ROLE),
            Map.entry(Kinds.CLUSTER_ROLES, RoleLayouts.ROLE),
            Map.entry(Kinds.ROLE_BINDINGS, RoleLayouts.BINDING),
            Map.entry(Kinds.CLUSTER_ROLE_BINDINGS, RoleLayouts.BINDING),
            Map.entry(Kinds.ENDPOINTS, NetworkLayouts.ENDPOINTS),
            Map.entry(Kinds.PERSISTENT_VOLUMES, VolumeLayouts.VOLUME),
            Map.entry(Kinds.PERSISTENT_VOLUME_CLAIMS, VolumeLayouts.CLAIM),
            Map.entry(Kinds.POD_TEMPLATES, ControllerLayouts.POD_TEMPLATE),
            Map.entry(Kinds.REPLICATION_CONTROLLERS, ControllerLayouts.REPLICATION_CONTROLLER),
            Map.entry(Kinds.RESOURCE_QUOTAS, PolicyLayouts.QUOTA),
            Map.entry(Kinds.STATEFUL_SETS, ControllerLayouts.STATEFUL_SET),
            Map.entry(Kinds.DAEMON_SETS, ControllerLayouts.DAEMON_SET),
            Map.entry(Kinds.CONTROLLER_REVISIONS, ControllerLayouts.REVISION),
            Map.entry(Kinds.POD_DISRUPTION_BUDGETS, ControllerLayouts.DISRUPTION_BUDGET),
            Map.entry(Kinds.INGRESSES, NetworkLayouts.INGRESS),
            Map.entry(Kinds.INGRESS_CLASSES, NetworkLayouts.INGRESS_CLASS),
            Map.entry(Kinds.NETWORK_POLICIES, NetworkLayouts.NETWORK_POLICY),
            Map.entry(Kinds.IP_ADDRESSES, NetworkLayouts.IP_ADDRESS),
            Map.entry(Kinds.SERVICE_CIDRS, NetworkLayouts.SERVICE_CIDR),
            Map.entry(Kinds.PRIORITY_CLASSES, PolicyLayouts.PRIORITY_CLASS),
            Map.entry(Kinds.STORAGE_CLASSES, VolumeLayouts.STORAGE_CLASS),
            Map.entry(Kinds.CSI_DRIVERS, VolumeLayouts.DRIVER),
            Map.entry(Kinds.CSI_NODES, VolumeLayouts.DRIVERS_OF_NODE),
            Map.entry(Kinds.VOLUME_ATTACHMENTS, VolumeLayouts.ATTACHMENT),
            Map.entry(Kinds.CSI_STORAGE_CAPACITIES, VolumeLayouts.CAPACITY),
            Map.entry(Kinds.VOLUME_ATTRIBUTES_CLASSES, VolumeLayouts.ATTRIBUTES_CLASS),
            Map.entry(Kinds.FLOW_SCHEMAS, PolicyLayouts.FLOW_SCHEMA),
            Map.entry(Kinds.PRIORITY_LEVEL_CONFIGURATIONS, PolicyLayouts.PRIORITY_LEVEL),
            Map.entry(Kinds.MUTATING_WEBHOOK_CONFIGURATIONS, PolicyLayouts.WEBHOOKS),
            Map.entry(Kinds.VALIDATING_WEBHOOK_CONFIGURATIONS, PolicyLayouts.WEBHOOKS),
            Map.entry(Kinds.VALIDATING_ADMISSION_POLICIES, PolicyLayouts.ADMISSION_POLICY),
            Map.entry(Kinds.VALIDATING_ADMISSION_POLICY_BINDINGS, PolicyLayouts.ADMISSION_BINDING),
            Map.entry(Kinds.MUTATING_ADMISSION_POLICIES, PolicyLayouts.MUTATING_POLICY),
            Map.entry(Kinds.MUTATING_ADMISSION_POLICY_BINDINGS, PolicyLayouts.ADMISSION_BINDING),
            Map.entry(Kinds.DEVICE_CLASSES, PolicyLayouts.NAMED),
            Map.entry(Kinds.RESOURCE_CLAIMS, PolicyLayouts.RESOURCE_CLAIM),
            Map.entry(Kinds.RESOURCE_CLAIM_TEMPLATES, PolicyLayouts.NAMED),
            Map.entry(Kinds.RESOURCE_SLICES, PolicyLayouts.RESOURCE_SLICE),
            Map.entry(Kinds.COMPONENT_STATUSES, PolicyLayouts.COMPONENT_STATUS),
            Map.entry(Kinds.AUTOSCALERS_V1, WorkloadLayouts.AUTOSCALER_V1),
            Map.entry(Kinds.EVENTS_V1, ClusterLayouts.EVENT_V1),
            Map.entry(Kinds.POD_METRICS, MetricsLayouts.POD),
            Map.entry(Kinds.NODE_METRICS, MetricsLayouts.NODE),
            Map.entry(Kinds.FARGATE_PROFILES, ClusterLayouts.FARGATE_PROFILE));

    private Layouts() {
    }
}
