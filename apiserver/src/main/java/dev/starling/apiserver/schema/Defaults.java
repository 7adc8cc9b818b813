package dev.starling.apiserver.schema;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.ResourceType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * The defaults that depend on other fields, kind by kind, as upstream's {@code pkg/apis/.../defaults.go} has them.
 * They are filled in after the schema's own. Pure functions.
 */
final class Defaults {
    private static final Json ZERO = new JsonLong(0);
    private static final Json ONE = new JsonLong(1);
    private static final int ALL_FAILURES = Integer.MAX_VALUE;

    private Defaults() {
    }

    static JsonObject of(ResourceType type, JsonObject object) {
        return switch (type.group() + "/" + type.kind()) {
            case "/Pod" -> PodDefaults.pod(object);
            case "/Service" -> service(object);
            case "/Secret" -> secret(object);
            case "/Namespace" -> namespace(object);
            case "/Node" -> node(object);
            case "/ReplicationController" -> template(ClusterDefaults.replicationController(object), "spec");
            case "/PodTemplate" -> template(JsonObject.of("spec", object), "spec").object("spec");
            case "/LimitRange" -> ClusterDefaults.limitRange(object);
            case "/PersistentVolume" -> ClusterDefaults.volume(object);
            case "apps/ReplicaSet" -> template(object, "spec");
            case "apps/Deployment" -> template(rolling(object, "strategy"), "spec");
            case "apps/StatefulSet" -> template(ClusterDefaults.statefulSet(rolling(object, "updateStrategy")), "spec");
            case "apps/DaemonSet" -> template(rolling(object, "updateStrategy"), "spec");
            case "batch/Job" -> template(job(object), "spec");
            case "batch/CronJob" -> template(object, "spec", "jobTemplate", "spec");
            case "autoscaling/HorizontalPodAutoscaler" ->
                    type.version().equals("v1") ? autoscalerV1(object) : autoscaler(object);
            case "rbac.authorization.k8s.io/RoleBinding", "rbac.authorization.k8s.io/ClusterRoleBinding" ->
                    RoleDefaults.binding(object);
            case "apiextensions.k8s.io/CustomResourceDefinition" -> definition(object);
            default -> ofCluster(type, object);
        };
    }

    private static JsonObject ofCluster(ResourceType type, JsonObject object) {
        return switch (type.kind()) {
            case "NetworkPolicy" -> ClusterDefaults.networkPolicy(object);
            case "IngressClass" -> ClusterDefaults.ingressClass(object);
            case "CSIDriver" -> ClusterDefaults.driver(object);
            case "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration" -> ClusterDefaults.webhooks(object);
            case "ValidatingAdmissionPolicy" -> ClusterDefaults.admissionPolicy(object);
            case "MutatingAdmissionPolicy" -> ClusterDefaults.mutatingPolicy(object);
            case "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicyBinding" ->
                    ClusterDefaults.admissionBinding(object);
            case "FlowSchema" -> ClusterDefaults.flowSchema(object);
            case "PriorityLevelConfiguration" -> ClusterDefaults.priorityLevel(object);
            case "ResourceClaim" -> ClusterDefaults.devices(object, "spec");
            case "ResourceClaimTemplate" -> ClusterDefaults.devices(object, "spec", "spec");
            default -> object;
        };
    }

    private static JsonObject definition(JsonObject object) {
        JsonObject names = object.object("spec", "names");
        String kind = names.text("kind");
        if (kind.isEmpty()) {
            return object;
        }
        JsonObject named = fill(fill(names, new JsonString(kind.toLowerCase(Locale.ROOT)), "singular"),
                new JsonString(kind + "List"), "listKind");
        JsonObject spec = fill(object.object("spec").with("names", named), new JsonString("None"), "conversion",
                "strategy");
        boolean byService = !spec.object("conversion", "webhook", "clientConfig", "service").isEmpty();
        return object.with("spec", byService
                ? fill(spec, new JsonLong(443), "conversion", "webhook", "clientConfig", "service", "port") : spec);
    }

    /** Sets the value at a path unless something stands there. */
    static JsonObject fill(JsonObject object, Json value, String... path) {
        return object.at(path).isNull() ? object.withAt(value, path) : object;
    }

    private static JsonObject template(JsonObject object, String... owner) {
        JsonObject template = object.object(owner).object("template");
        if (template.isEmpty()) {
            return object;
        }
        JsonObject filled = template.with("spec", PodDefaults.spec(template.object("spec")));
        return object.withAt(object.object(owner).with("template", filled), owner);
    }

    private static JsonObject rolling(JsonObject object, String strategy) {
        if (!object.text("spec", strategy, "type").equals("RollingUpdate")) {
            return object;
        }
        JsonObject update = object.object("spec", strategy, "rollingUpdate");
        JsonObject filled = switch (object.text("kind")) {
            case "Deployment" -> fill(fill(update, new JsonString("25%"), "maxUnavailable"),
                    new JsonString("25%"), "maxSurge");
            case "DaemonSet" -> fill(fill(update, ONE, "maxUnavailable"), ZERO, "maxSurge");
            default -> fill(update, ZERO, "partition");
        };
        return object.withAt(filled, "spec", strategy, "rollingUpdate");
    }

    private static JsonObject service(JsonObject object) {
        JsonObject spec = object.object("spec");
        String type = spec.text("type");
        if (spec.text("sessionAffinity").equals("None")) {
            spec = spec.without("sessionAffinityConfig");
        } else {
            spec = fill(spec, new JsonLong(10_800), "sessionAffinityConfig", "clientIP", "timeoutSeconds");
        }
        if (spec.has("ports")) {
            spec = spec.with("ports", JsonArray.of(spec.array("ports").objects().stream()
                    .map(Defaults::servicePort).toList()));
        }
        if (!type.equals("ExternalName")) {
            spec = fill(spec, new JsonString("Cluster"), "internalTrafficPolicy");
        }
        boolean named = type.equals("ClusterIP") && !spec.array("externalIPs").isEmpty();
        if (type.equals("NodePort") || type.equals("LoadBalancer") || named) {
            spec = fill(spec, new JsonString("Cluster"), "externalTrafficPolicy");
        }
        if (type.equals("LoadBalancer")) {
            spec = fill(spec, JsonBoolean.TRUE, "allocateLoadBalancerNodePorts");
        }
        return balancerModes(object.with("spec", spec), type);
    }

    private static JsonObject balancerModes(JsonObject object, String type) {
        JsonArray ingress = object.array("status", "loadBalancer", "ingress");
        return ingress.isEmpty() || !type.equals("LoadBalancer") ? object
                : object.withAt(JsonArray.of(ingress.objects().stream().map(one -> one.text("ip").isEmpty() ? one
                : fill(one, new JsonString("VIP"), "ipMode")).toList()), "status", "loadBalancer", "ingress");
    }

    private static JsonObject servicePort(JsonObject port) {
        Json target = port.at("targetPort");
        boolean unset = target.isNull() || target.equals(ZERO) || target.equals(new JsonString(""));
        return unset && port.has("port") ? port.with("targetPort", port.at("port")) : port;
    }

    /** What was written as text is kept encoded, and overrides the same key. */
    private static JsonObject secret(JsonObject object) {
        JsonObject filled = object.without("stringData");
        for (var entry : object.object("stringData").entries()) {
            byte[] text = entry.getValue().text().getBytes(StandardCharsets.UTF_8);
            filled = filled.withAt(new JsonString(Base64.getEncoder().encodeToString(text)), "data", entry.getKey());
        }
        return filled;
    }

    private static JsonObject namespace(JsonObject object) {
        String name = object.text("metadata", "name");
        return name.isEmpty() ? object
                : object.withAt(new JsonString(name), "metadata", "labels", "kubernetes.io/metadata.name");
    }

    private static JsonObject node(JsonObject object) {
        JsonObject capacity = object.object("status", "capacity");
        return capacity.isEmpty() ? object : fill(object, capacity, "status", "allocatable");
    }

    private static JsonObject job(JsonObject object) {
        JsonObject spec = object.object("spec");
        if (!spec.has("completions") && !spec.has("parallelism")) {
            spec = spec.with("completions", ONE);
        }
        spec = fill(spec, ONE, "parallelism");
        spec = fill(spec, new JsonLong(spec.has("backoffLimitPerIndex") ? ALL_FAILURES : 6), "backoffLimit");
        spec = fill(spec, new JsonString("NonIndexed"), "completionMode");
        spec = fill(spec, JsonBoolean.FALSE, "suspend");
        spec = fill(spec, new JsonString(spec.has("podFailurePolicy") ? "Failed" : "TerminatingOrFailed"),
                "podReplacementPolicy");
        JsonObject labels = spec.object("template", "metadata", "labels");
        JsonObject filled = object.with("spec", spec);
        return object.object("metadata", "labels").isEmpty() && !labels.isEmpty()
                ? filled.withAt(labels, "metadata", "labels") : filled;
    }

    /** Metrics of version 2 travel in an annotation; where they do, no target of CPU is made up. */
    private static JsonObject autoscalerV1(JsonObject object) {
        if (!object.text("metadata", "annotations", "autoscaling.alpha.kubernetes.io/metrics").isEmpty()) {
            return object;
        }
        return fill(object, new JsonLong(80), "spec", "targetCPUUtilizationPercentage");
    }

    private static JsonObject autoscaler(JsonObject object) {
        JsonObject spec = object.object("spec");
        if (spec.array("metrics").isEmpty()) {
            JsonObject target = JsonObject.of("type", "Utilization", "averageUtilization", 80);
            spec = spec.with("metrics", JsonArray.of(JsonObject.of("type", "Resource",
                    "resource", JsonObject.of("name", "cpu", "target", target))));
        }
        if (spec.has("behavior")) {
            JsonObject behavior = spec.object("behavior");
            JsonObject up = fill(scaling(behavior.object("scaleUp"), List.of(policy("Pods", 4),
                    policy("Percent", 100))), ZERO, "stabilizationWindowSeconds");
            JsonObject down = scaling(behavior.object("scaleDown"), List.of(policy("Percent", 100)));
            spec = spec.with("behavior", behavior.with("scaleUp", up).with("scaleDown", down));
        }
        return object.with("spec", spec);
    }

    private static JsonObject scaling(JsonObject rules, List<JsonObject> policies) {
        return fill(fill(rules, new JsonString("Max"), "selectPolicy"), JsonArray.of(policies), "policies");
    }

    private static JsonObject policy(String type, int value) {
        return JsonObject.of("type", type, "value", value, "periodSeconds", 15);
    }
}
