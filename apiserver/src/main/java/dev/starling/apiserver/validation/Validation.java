package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.BuiltInSchema;
import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.schema.SemanticChecks;
import dev.starling.apiserver.versions.AutoscalerVersions;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;

/** Upstream's semantic checks by kind. Kinds that are not known here get the checks of metadata alone. */
public final class Validation implements SemanticChecks {
    /** The schema of a built-in kind, with the checks of its kind beside it. */
    public static BuiltInSchema schema(Schemas schemas, ResourceType type) {
        return BuiltInSchema.of(schemas, type).with(new Validation());
    }

    @Override
    public List<FieldError> errors(ResourceType type, JsonObject object) {
        Findings findings = new Findings();
        MetadataValidation.check(object.object("metadata"), findings);
        switch (name(type)) {
            case "/Pod" -> PodValidation.check(object, findings);
            case "/Service" -> ServiceValidation.check(object, findings);
            case "/ConfigMap" -> ConfigValidation.checkConfigMap(object, findings);
            case "/Secret" -> ConfigValidation.checkSecret(object, findings);
            case "/Node" -> ClusterValidation.checkNode(object, findings);
            case "/Namespace" -> ClusterValidation.checkNamespace(object, findings);
            case "/Event" -> EventValidation.check(false, object, findings);
            case "events.k8s.io/Event" -> EventValidation.check(true, object, findings);
            case "apps/Deployment" -> WorkloadValidation.checkDeployment(object, findings);
            case "apps/ReplicaSet" -> WorkloadValidation.checkReplicaSet(object, findings);
            case "batch/Job" -> JobValidation.checkJob(object, findings);
            case "batch/CronJob" -> JobValidation.checkCronJob(object, findings);
            case "autoscaling/HorizontalPodAutoscaler" -> AutoscalerValidation.check(
                    type.version().equals("v1") ? AutoscalerVersions.v2(object) : object, findings);
            case "discovery.k8s.io/EndpointSlice" -> ClusterValidation.checkEndpointSlice(object, findings);
            case "coordination.k8s.io/Lease" -> ClusterValidation.checkLease(object, findings);
            case "node.k8s.io/RuntimeClass" -> ClusterValidation.checkRuntimeClass(object, findings);
            case "rbac.authorization.k8s.io/Role" -> RoleValidation.checkRole(object, true, findings);
            case "rbac.authorization.k8s.io/ClusterRole" -> RoleValidation.checkRole(object, false, findings);
            case "rbac.authorization.k8s.io/RoleBinding" -> RoleValidation.checkBinding(object, true, findings);
            case "rbac.authorization.k8s.io/ClusterRoleBinding" ->
                    RoleValidation.checkBinding(object, false, findings);
            case "starling.dev/FargateProfile" -> ClusterValidation.checkProfile(object, findings);
            default -> checkOthers(name(type), object, findings);
        }
        return findings.all();
    }

    private static void checkOthers(String name, JsonObject object, Findings findings) {
        switch (name) {
            case "apps/StatefulSet" -> ControllerValidation.checkStatefulSet(object, findings);
            case "apps/DaemonSet" -> ControllerValidation.checkDaemonSet(object, findings);
            case "/ReplicationController" -> ControllerValidation.checkReplicationController(object, findings);
            case "/PodTemplate" -> ControllerValidation.checkPodTemplate(object, findings);
            case "policy/PodDisruptionBudget" -> ControllerValidation.checkBudget(object, findings);
            case "/PersistentVolume" -> StorageValidation.checkVolume(object, findings);
            case "/PersistentVolumeClaim" -> StorageValidation.checkClaim(object, findings);
            case "storage.k8s.io/StorageClass" -> StorageValidation.checkStorageClass(object, findings);
            case "storage.k8s.io/VolumeAttributesClass" -> StorageValidation.checkAttributesClass(object, findings);
            case "storage.k8s.io/VolumeAttachment" -> StorageValidation.checkAttachment(object, findings);
            case "storage.k8s.io/CSIStorageCapacity" -> StorageValidation.checkCapacity(object, findings);
            case "networking.k8s.io/Ingress" -> NetworkValidation.checkIngress(object, findings);
            case "networking.k8s.io/IngressClass" -> NetworkValidation.checkIngressClass(object, findings);
            case "networking.k8s.io/NetworkPolicy" -> NetworkValidation.checkPolicy(object, findings);
            case "networking.k8s.io/IPAddress" -> NetworkValidation.checkAddress(object, findings);
            case "networking.k8s.io/ServiceCIDR" -> NetworkValidation.checkServiceRange(object, findings);
            case "/Endpoints" -> NetworkValidation.checkEndpoints(object, findings);
            default -> checkPolicies(name, object, findings);
        }
    }

    private static void checkPolicies(String name, JsonObject object, Findings findings) {
        switch (name) {
            case "/LimitRange" -> PolicyValidation.checkLimitRange(object, findings);
            case "/ResourceQuota" -> PolicyValidation.checkQuota(object, findings);
            case "scheduling.k8s.io/PriorityClass" -> PolicyValidation.checkPriorityClass(object, findings);
            case "scheduling.k8s.io/PodGroup" -> PolicyValidation.checkPodGroup(object, findings);
            case "flowcontrol.apiserver.k8s.io/FlowSchema" -> PolicyValidation.checkFlowSchema(object, findings);
            case "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration" ->
                    PolicyValidation.checkPriorityLevel(object, findings);
            case "admissionregistration.k8s.io/MutatingWebhookConfiguration",
                    "admissionregistration.k8s.io/ValidatingWebhookConfiguration" ->
                    AdmissionValidation.checkWebhooks(object, findings);
            case "admissionregistration.k8s.io/ValidatingAdmissionPolicy" ->
                    AdmissionValidation.checkPolicy(object, findings);
            case "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding" ->
                    AdmissionValidation.checkBinding(object, findings);
            case "admissionregistration.k8s.io/MutatingAdmissionPolicy" ->
                    AdmissionValidation.checkMutatingPolicy(object, findings);
            case "admissionregistration.k8s.io/MutatingAdmissionPolicyBinding" ->
                    AdmissionValidation.checkMutatingBinding(object, findings);
            default -> { }
        }
    }

    /** The specification of a pod is long, and most writes of a pod are of its status. */
    @Override
    public List<FieldError> errorsAfter(ResourceType type, JsonObject before, JsonObject after) {
        if (!name(type).equals("/Pod") || before.at("spec") != after.at("spec")) {
            return errors(type, after);
        }
        Findings findings = new Findings();
        MetadataValidation.check(after.object("metadata"), findings);
        return findings.all();
    }

    @Override
    public List<FieldError> updateErrors(ResourceType type, JsonObject before, JsonObject after) {
        Findings findings = new Findings();
        switch (name(type)) {
            case "/Pod" -> PodUpdateValidation.check(before, after, findings);
            case "/Service" -> ServiceValidation.checkUpdate(before, after, findings);
            case "/ConfigMap", "/Secret" -> ConfigValidation.checkUpdate(before, after, findings);
            case "apps/Deployment" -> WorkloadValidation.checkUpdate(before, after, findings);
            case "apps/ReplicaSet" -> WorkloadValidation.checkUpdate(before, after, findings);
            case "batch/Job" -> JobValidation.checkJobUpdate(before, after, findings);
            case "discovery.k8s.io/EndpointSlice" ->
                    ClusterValidation.checkEndpointSliceUpdate(before, after, findings);
            case "node.k8s.io/RuntimeClass" -> ClusterValidation.checkRuntimeClassUpdate(before, after, findings);
            case "rbac.authorization.k8s.io/RoleBinding", "rbac.authorization.k8s.io/ClusterRoleBinding" ->
                    RoleValidation.checkBindingUpdate(before, after, findings);
            default -> checkOtherUpdates(name(type), new Change(before, after), findings);
        }
        return findings.all();
    }

    /** What an update makes of an object. */
    private record Change(JsonObject before, JsonObject after) {
    }

    private static void checkOtherUpdates(String name, Change change, Findings findings) {
        JsonObject before = change.before();
        JsonObject after = change.after();
        switch (name) {
            case "apps/StatefulSet" -> ControllerValidation.checkStatefulSetUpdate(before, after, findings);
            case "apps/DaemonSet" -> ControllerValidation.checkDaemonSetUpdate(before, after, findings);
            case "/PersistentVolume" -> StorageValidation.checkVolumeUpdate(before, after, findings);
            case "/PersistentVolumeClaim" -> StorageValidation.checkClaimUpdate(before, after, findings);
            case "storage.k8s.io/StorageClass" -> StorageValidation.checkStorageClassUpdate(before, after, findings);
            case "storage.k8s.io/CSIDriver" -> StorageValidation.checkDriverUpdate(before, after, findings);
            case "storage.k8s.io/VolumeAttributesClass" ->
                    StorageValidation.checkAttributesClassUpdate(before, after, findings);
            case "storage.k8s.io/VolumeAttachment" -> StorageValidation.checkAttachmentUpdate(before, after, findings);
            case "storage.k8s.io/CSIStorageCapacity" -> StorageValidation.checkCapacityUpdate(before, after, findings);
            case "networking.k8s.io/IngressClass" ->
                    NetworkValidation.checkIngressClassUpdate(before, after, findings);
            case "networking.k8s.io/IPAddress" -> NetworkValidation.checkAddressUpdate(before, after, findings);
            case "networking.k8s.io/ServiceCIDR" -> NetworkValidation.checkServiceRangeUpdate(before, after, findings);
            case "/ResourceQuota" -> PolicyValidation.checkQuotaUpdate(before, after, findings);
            case "scheduling.k8s.io/PriorityClass" ->
                    PolicyValidation.checkPriorityClassUpdate(before, after, findings);
            case "events.k8s.io/Event" -> EventValidation.checkUpdate(before, after, findings);
            case "apps/ControllerRevision" -> findings.immutable(FieldPath.of("data"), before.at("data"),
                    after.at("data"));
            case "resource.k8s.io/ResourceClaim", "resource.k8s.io/ResourceClaimTemplate",
                 "scheduling.k8s.io/PodGroup" ->
                    findings.immutable(FieldPath.of("spec"), before.at("spec"), after.at("spec"));
            default -> { }
        }
    }

    private static String name(ResourceType type) {
        return type.group() + "/" + type.kind();
    }
}
