package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.BuiltInSchema;
import dev.starling.apiserver.schema.FieldError;
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
            case "/Event" -> ClusterValidation.checkEvent(object, findings);
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
            default -> { }
        }
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
            default -> { }
        }
        return findings.all();
    }

    private static String name(ResourceType type) {
        return type.group() + "/" + type.kind();
    }
}
