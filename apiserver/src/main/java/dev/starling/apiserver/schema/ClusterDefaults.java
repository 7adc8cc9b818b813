package dev.starling.apiserver.schema;

import static dev.starling.apiserver.schema.Defaults.fill;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The defaults of the kinds that shape a cluster: its network, storage, admission and fairness. Pure functions. */
final class ClusterDefaults {
    private static final JsonString STAR = new JsonString("*");
    private static final JsonString FAIL = new JsonString("Fail");
    private static final JsonString NEVER = new JsonString("Never");
    private static final JsonString EQUIVALENT = new JsonString("Equivalent");

    private ClusterDefaults() {
    }

    static JsonObject networkPolicy(JsonObject policy) {
        if (!policy.array("spec", "policyTypes").isEmpty()) {
            return policy;
        }
        boolean egress = !policy.array("spec", "egress").isEmpty();
        return policy.withAt(JsonArray.strings(egress ? List.of("Ingress", "Egress") : List.of("Ingress")),
                "spec", "policyTypes");
    }

    static JsonObject ingressClass(JsonObject ingressClass) {
        return ingressClass.object("spec").has("parameters")
                ? fill(ingressClass, new JsonString("Cluster"), "spec", "parameters", "scope") : ingressClass;
    }

    static JsonObject volume(JsonObject volume) {
        return volume.object("spec").has("hostPath")
                ? fill(volume, new JsonString(""), "spec", "hostPath", "type") : volume;
    }

    /** A container's limit is its most, and what it asks for is its limit or its least, unless said otherwise. */
    static JsonObject limitRange(JsonObject range) {
        return each(range, item -> {
            if (!item.text("type").equals("Container")) {
                return item;
            }
            var limits = missing(item.object("default"), item.object("max"));
            var requests = missing(missing(item.object("defaultRequest"), limits), item.object("min"));
            var filled = limits.isEmpty() ? item : item.with("default", limits);
            return requests.isEmpty() ? filled : filled.with("defaultRequest", requests);
        }, "spec", "limits");
    }

    private static JsonObject missing(JsonObject own, JsonObject others) {
        var filled = own;
        for (var other : others.entries()) {
            filled = fill(filled, other.getValue(), other.getKey());
        }
        return filled;
    }

    static JsonObject replicationController(JsonObject controller) {
        var labels = controller.object("spec", "template", "metadata", "labels");
        if (labels.isEmpty()) {
            return controller;
        }
        var filled = controller.object("spec", "selector").isEmpty()
                ? controller.withAt(labels, "spec", "selector") : controller;
        return filled.object("metadata", "labels").isEmpty() ? filled.withAt(labels, "metadata", "labels") : filled;
    }

    /** Claims in a template show what they are and that nothing is bound, as upstream's do. */
    static JsonObject statefulSet(JsonObject set) {
        return each(set, claim -> fill(fill(fill(claim, new JsonString("v1"), "apiVersion"),
                new JsonString("PersistentVolumeClaim"), "kind"), new JsonString("Pending"), "status", "phase"),
                "spec", "volumeClaimTemplates");
    }

    static JsonObject driver(JsonObject driver) {
        var spec = fill(driver.object("spec"), JsonBoolean.TRUE, "attachRequired");
        for (String flag : List.of("podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount")) {
            spec = fill(spec, JsonBoolean.FALSE, flag);
        }
        spec = fill(spec, new JsonString("ReadWriteOnceWithFSType"), "fsGroupPolicy");
        if (spec.array("volumeLifecycleModes").isEmpty()) {
            spec = spec.with("volumeLifecycleModes", JsonArray.strings(List.of("Persistent")));
        }
        return driver.with("spec", spec);
    }

    static JsonObject webhooks(JsonObject configuration) {
        boolean mutating = configuration.text("kind").startsWith("Mutating");
        return each(configuration, webhook -> {
            var filled = selectors(fill(webhook, FAIL, "failurePolicy"));
            filled = fill(filled, new JsonLong(10), "timeoutSeconds");
            if (mutating) {
                filled = fill(filled, new JsonString("Never"), "reinvocationPolicy");
            }
            if (filled.object("clientConfig").has("service")) {
                filled = fill(filled, new JsonLong(443), "clientConfig", "service", "port");
            }
            return each(filled, rule -> fill(rule, STAR, "scope"), "rules");
        }, "webhooks");
    }

    private static JsonObject selectors(JsonObject matching) {
        return fill(fill(fill(matching, EQUIVALENT, "matchPolicy"), JsonObject.EMPTY, "namespaceSelector"),
                JsonObject.EMPTY, "objectSelector");
    }

    static JsonObject admissionPolicy(JsonObject policy) {
        return matching(fill(policy, FAIL, "spec", "failurePolicy"), "matchConstraints");
    }

    static JsonObject mutatingPolicy(JsonObject policy) {
        return fill(admissionPolicy(policy), NEVER, "spec", "reinvocationPolicy");
    }

    static JsonObject admissionBinding(JsonObject binding) {
        return matching(binding, "matchResources");
    }

    private static JsonObject matching(JsonObject policy, String field) {
        if (!policy.object("spec").has(field)) {
            return policy;
        }
        var filled = selectors(policy.object("spec", field));
        for (String rules : List.of("resourceRules", "excludeResourceRules")) {
            filled = each(filled, rule -> fill(rule, STAR, "scope"), rules);
        }
        return policy.withAt(filled, "spec", field);
    }

    static JsonObject flowSchema(JsonObject flow) {
        return fill(flow, new JsonLong(1000), "spec", "matchingPrecedence");
    }

    static JsonObject priorityLevel(JsonObject level) {
        var spec = level.object("spec");
        if (spec.text("type").equals("Exempt")) {
            var exempt = fill(spec.object("exempt"), new JsonLong(0), "nominalConcurrencyShares");
            return level.withAt(fill(exempt, new JsonLong(0), "lendablePercent"), "spec", "exempt");
        }
        if (!spec.has("limited")) {
            return level;
        }
        var limited = fill(spec.object("limited"), new JsonLong(30), "nominalConcurrencyShares");
        limited = fill(limited, new JsonLong(0), "lendablePercent");
        if (limited.object("limitResponse").has("queuing")) {
            var queues = fill(limited.object("limitResponse", "queuing"), new JsonLong(64), "queues");
            queues = fill(fill(queues, new JsonLong(8), "handSize"), new JsonLong(50), "queueLengthLimit");
            limited = limited.withAt(queues, "limitResponse", "queuing");
        }
        return level.withAt(limited, "spec", "limited");
    }

    static JsonObject devices(JsonObject claim, String... spec) {
        var path = new ArrayList<>(List.of(spec));
        path.addAll(List.of("devices", "requests"));
        return each(claim, request -> {
            var exact = request.has("exactly") ? request.with("exactly", counted(request.object("exactly"))) : request;
            return each(exact, ClusterDefaults::counted, "firstAvailable");
        }, path.toArray(String[]::new));
    }

    private static JsonObject counted(JsonObject request) {
        var filled = fill(request, new JsonString("ExactCount"), "allocationMode");
        return filled.text("allocationMode").equals("ExactCount") ? fill(filled, new JsonLong(1), "count") : filled;
    }

    private static JsonObject each(JsonObject owner, UnaryOperator<JsonObject> change, String... path) {
        var elements = owner.array(path).objects();
        return elements.isEmpty() ? owner
                : owner.withAt(JsonArray.of(elements.stream().map(element -> (Json) change.apply(element)).toList()),
                        path);
    }
}
