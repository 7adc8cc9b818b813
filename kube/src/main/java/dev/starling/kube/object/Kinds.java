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
    /** Not stored: makes the subresource {@code binding} of the pod that it names. */
    public static final ResourceType BINDINGS = new ResourceType("", "v1", "bindings", "Binding", true);
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
    /** Served beside the stored kinds by whoever can sign; each goes by itself, and nothing owns it. */
    public static final ResourceType CERTIFICATE_SIGNING_REQUESTS = new ResourceType("certificates.k8s.io", "v1",
            "certificatesigningrequests", "CertificateSigningRequest", false);
    public static final ResourceType ROLES =
            new ResourceType("rbac.authorization.k8s.io", "v1", "roles", "Role", true);
    public static final ResourceType ROLE_BINDINGS =
            new ResourceType("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", true);
    public static final ResourceType CLUSTER_ROLES =
            new ResourceType("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false);
    public static final ResourceType CLUSTER_ROLE_BINDINGS =
            new ResourceType("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", false);
    public static final ResourceType ENDPOINTS =
            new ResourceType("", "v1", "endpoints", "Endpoints", true);
    public static final ResourceType PERSISTENT_VOLUMES =
            new ResourceType("", "v1", "persistentvolumes", "PersistentVolume", false);
    public static final ResourceType PERSISTENT_VOLUME_CLAIMS =
            new ResourceType("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true);
    public static final ResourceType POD_TEMPLATES =
            new ResourceType("", "v1", "podtemplates", "PodTemplate", true);
    public static final ResourceType REPLICATION_CONTROLLERS =
            new ResourceType("", "v1", "replicationcontrollers", "ReplicationController", true);
    public static final ResourceType LIMIT_RANGES =
            new ResourceType("", "v1", "limitranges", "LimitRange", true);
    public static final ResourceType RESOURCE_QUOTAS =
            new ResourceType("", "v1", "resourcequotas", "ResourceQuota", true);
    public static final ResourceType STATEFUL_SETS =
            new ResourceType("apps", "v1", "statefulsets", "StatefulSet", true);
    public static final ResourceType DAEMON_SETS =
            new ResourceType("apps", "v1", "daemonsets", "DaemonSet", true);
    public static final ResourceType CONTROLLER_REVISIONS =
            new ResourceType("apps", "v1", "controllerrevisions", "ControllerRevision", true);
    public static final ResourceType POD_DISRUPTION_BUDGETS =
            new ResourceType("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true);
    public static final ResourceType INGRESSES =
            new ResourceType("networking.k8s.io", "v1", "ingresses", "Ingress", true);
    public static final ResourceType INGRESS_CLASSES =
            new ResourceType("networking.k8s.io", "v1", "ingressclasses", "IngressClass", false);
    public static final ResourceType NETWORK_POLICIES =
            new ResourceType("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", true);
    public static final ResourceType IP_ADDRESSES =
            new ResourceType("networking.k8s.io", "v1", "ipaddresses", "IPAddress", false);
    public static final ResourceType SERVICE_CIDRS =
            new ResourceType("networking.k8s.io", "v1", "servicecidrs", "ServiceCIDR", false);
    public static final ResourceType PRIORITY_CLASSES =
            new ResourceType("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", false);
    /** Pods that start together, or not at all. */
    public static final ResourceType POD_GROUPS =
            new ResourceType("scheduling.k8s.io", "v1alpha2", "podgroups", "PodGroup", true);
    public static final ResourceType STORAGE_CLASSES =
            new ResourceType("storage.k8s.io", "v1", "storageclasses", "StorageClass", false);
    public static final ResourceType CSI_DRIVERS =
            new ResourceType("storage.k8s.io", "v1", "csidrivers", "CSIDriver", false);
    public static final ResourceType CSI_NODES =
            new ResourceType("storage.k8s.io", "v1", "csinodes", "CSINode", false);
    public static final ResourceType VOLUME_ATTACHMENTS =
            new ResourceType("storage.k8s.io", "v1", "volumeattachments", "VolumeAttachment", false);
    public static final ResourceType CSI_STORAGE_CAPACITIES =
            new ResourceType("storage.k8s.io", "v1", "csistoragecapacities", "CSIStorageCapacity", true);
    public static final ResourceType VOLUME_ATTRIBUTES_CLASSES =
            new ResourceType("storage.k8s.io", "v1", "volumeattributesclasses", "VolumeAttributesClass", false);
    public static final ResourceType API_SERVICES =
            new ResourceType("apiregistration.k8s.io", "v1", "apiservices", "APIService", false);
    public static final ResourceType FLOW_SCHEMAS =
            new ResourceType("flowcontrol.apiserver.k8s.io", "v1", "flowschemas", "FlowSchema", false);
    public static final ResourceType PRIORITY_LEVEL_CONFIGURATIONS =
            new ResourceType("flowcontrol.apiserver.k8s.io", "v1", "prioritylevelconfigurations",
                    "PriorityLevelConfiguration", false);
    public static final ResourceType MUTATING_WEBHOOK_CONFIGURATIONS =
            new ResourceType("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations",
                    "MutatingWebhookConfiguration", false);
    public static final ResourceType VALIDATING_WEBHOOK_CONFIGURATIONS =
            new ResourceType("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations",
                    "ValidatingWebhookConfiguration", false);
    public static final ResourceType VALIDATING_ADMISSION_POLICIES =
            new ResourceType("admissionregistration.k8s.io", "v1", "validatingadmissionpolicies",
                    "ValidatingAdmissionPolicy", false);
    public static final ResourceType VALIDATING_ADMISSION_POLICY_BINDINGS =
            new ResourceType("admissionregistration.k8s.io", "v1", "validatingadmissionpolicybindings",
                    "ValidatingAdmissionPolicyBinding", false);
    public static final ResourceType MUTATING_ADMISSION_POLICIES =
            new ResourceType("admissionregistration.k8s.io", "v1", "mutatingadmissionpolicies",
                    "MutatingAdmissionPolicy", false);
    public static final ResourceType MUTATING_ADMISSION_POLICY_BINDINGS =
            new ResourceType("admissionregistration.k8s.io", "v1", "mutatingadmissionpolicybindings",
                    "MutatingAdmissionPolicyBinding", false);
    /** Served beside the stored kinds: what they define is stored, too. */
    public static final ResourceType CUSTOM_RESOURCE_DEFINITIONS =
            new ResourceType("apiextensions.k8s.io", "v1", "customresourcedefinitions",
                    "CustomResourceDefinition", false);
    public static final ResourceType DEVICE_CLASSES =
            new ResourceType("resource.k8s.io", "v1", "deviceclasses", "DeviceClass", false);
    public static final ResourceType RESOURCE_CLAIMS =
            new ResourceType("resource.k8s.io", "v1", "resourceclaims", "ResourceClaim", true);
    public static final ResourceType RESOURCE_CLAIM_TEMPLATES =
            new ResourceType("resource.k8s.io", "v1", "resourceclaimtemplates", "ResourceClaimTemplate", true);
    public static final ResourceType RESOURCE_SLICES =
            new ResourceType("resource.k8s.io", "v1", "resourceslices", "ResourceSlice", false);
    /** Another version of {@link #HORIZONTAL_POD_AUTOSCALERS}. */
    public static final ResourceType AUTOSCALERS_V1 =
            new ResourceType("autoscaling", "v1", "horizontalpodautoscalers", "HorizontalPodAutoscaler", true);
    /** Another version of {@link #EVENTS}, of a group of its own. */
    public static final ResourceType EVENTS_V1 =
            new ResourceType("events.k8s.io", "v1", "events", "Event", true);
    /** Computed, never stored. */
    public static final ResourceType COMPONENT_STATUSES =
            new ResourceType("", "v1", "componentstatuses", "ComponentStatus", false);
    public static final ResourceType FARGATE_PROFILES =
            new ResourceType("starling.dev", "v1", "fargateprofiles", "FargateProfile", false);
    public static final ResourceType POD_METRICS =
            new ResourceType("metrics.k8s.io", "v1beta1", "pods", "PodMetrics", true);
    public static final ResourceType NODE_METRICS =
            new ResourceType("metrics.k8s.io", "v1beta1", "nodes", "NodeMetrics", false);
    /** Closed and open usage spans as the ledger holds them: the facts that a bill is a replay of. Read-only. */
    public static final ResourceType USAGE_SPANS =
            new ResourceType("billing.starling.dev", "v1", "usagespans", "UsageSpan", true);

    /**
     * Every kind that is stored, in one version each, in the order in which discovery names their groups; but those
     * that are served beside them.
     */
    public static final List<ResourceType> STORED = List.of(
            NAMESPACES, NODES, PODS, SERVICES, CONFIG_MAPS, SECRETS, SERVICE_ACCOUNTS, EVENTS, ENDPOINTS,
            PERSISTENT_VOLUMES, PERSISTENT_VOLUME_CLAIMS, POD_TEMPLATES, REPLICATION_CONTROLLERS, LIMIT_RANGES,
            RESOURCE_QUOTAS, REPLICA_SETS, DEPLOYMENTS, STATEFUL_SETS, DAEMON_SETS, CONTROLLER_REVISIONS,
            HORIZONTAL_POD_AUTOSCALERS, JOBS, CRON_JOBS, INGRESSES, INGRESS_CLASSES, NETWORK_POLICIES, IP_ADDRESSES,
            SERVICE_CIDRS, POD_DISRUPTION_BUDGETS, ROLES, ROLE_BINDINGS, CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS,
            STORAGE_CLASSES, CSI_DRIVERS, CSI_NODES, VOLUME_ATTACHMENTS, CSI_STORAGE_CAPACITIES,
            VOLUME_ATTRIBUTES_CLASSES, MUTATING_WEBHOOK_CONFIGURATIONS, VALIDATING_WEBHOOK_CONFIGURATIONS,
            VALIDATING_ADMISSION_POLICIES, VALIDATING_ADMISSION_POLICY_BINDINGS, MUTATING_ADMISSION_POLICIES,
            MUTATING_ADMISSION_POLICY_BINDINGS, PRIORITY_CLASSES, POD_GROUPS, LEASES, RUNTIME_CLASSES, ENDPOINT_SLICES,
            DEVICE_CLASSES, RESOURCE_CLAIMS, RESOURCE_CLAIM_TEMPLATES, RESOURCE_SLICES, FLOW_SCHEMAS,
            PRIORITY_LEVEL_CONFIGURATIONS, API_SERVICES, FARGATE_PROFILES);

    private Kinds() {
    }
}
