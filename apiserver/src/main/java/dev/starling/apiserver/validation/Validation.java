package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldError;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;

/** Upstream's semantic checks by kind. Kinds that are not known here get the checks of metadata alone. */
public final class Validation {
    private Validation() {
    }

    /** What is wrong with an object as it would be stored, at its creation or after an update. */
    public static List<FieldError> errors(ResourceType type, JsonObject object) {
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
            case "autoscaling/HorizontalPodAutoscaler" -> AutoscalerValidation.check(object, findings);
            case "discovery.k8s.io/EndpointSlice" -> ClusterValidation.checkEndpointSlice(object, findings);
            case "coordination.k8s.io/Lease" -> ClusterValidation.checkLease(object, findings);
            case "node.k8s.io/RuntimeClass" -> ClusterValidation.checkRuntimeClass(object, findings);
            case "starling.dev/FargateProfile" -> ClusterValidation.checkProfile(object, findings);
            default -> { }
        }
        return findings.all();
    }

    /** What is wrong with the change itself: fields that may not change any more. */
    public static List<FieldError> updateErrors(ResourceType type, JsonObject before, JsonObject after) {
        Findings findings = new Findings();
        MetadataValidation.checkUpdate(before.object("metadata"), after.object("metadata"), findings);
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
            default -> { }
        }
        return findings.all();
    }

    /** As {@link #errors}, in the form of a refusal's causes. */
    public static List<Cause> validate(ResourceType type, KubeObject object) {
        return errors(type, object.tree()).stream().map(FieldError::cause).toList();
    }

    /** As {@link #updateErrors}, in the form of a refusal's causes. */
    public static List<Cause> validateUpdate(ResourceType type, KubeObject before, KubeObject after) {
        return updateErrors(type, before.tree(), after.tree()).stream().map(FieldError::cause).toList();
    }

    private static String name(ResourceType type) {
        return type.group() + "/" + type.kind();
    }
}
