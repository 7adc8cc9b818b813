package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.Quantity;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Limits, quotas, priorities and fairness. */
final class PolicyValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final long HIGHEST_PRIORITY = 1_000_000_000;
    private static final Set<String> SYSTEM_PRIORITIES = Set.of("system-cluster-critical", "system-node-critical");
    private static final Set<String> QUOTA_NAMES = Set.of("cpu", "memory", "ephemeral-storage", "requests.cpu",
            "requests.memory", "requests.storage", "requests.ephemeral-storage", "limits.cpu", "limits.memory",
            "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers", "secrets",
            "persistentvolumeclaims", "configmaps", "services.nodeports", "services.loadbalancers");

    private PolicyValidation() {
    }

    static void checkLimitRange(JsonObject object, Findings findings) {
        var types = new HashSet<String>();
        Findings.each(object.object("spec"), SPEC, "limits", (item, path) -> {
            String type = item.text("type");
            findings.format(path.child("type"), type, Formats::qualifiedName);
            if (!types.add(type)) {
                findings.duplicate(path.child("type"), new JsonString(type));
            }
            if (type.equals("Pod")) {
                for (String field : List.of("default", "defaultRequest")) {
                    if (!item.object(field).isEmpty()) {
                        findings.forbidden(path.child(field), "may not be specified when `type` is 'Pod'");
                    }
                }
            }
            boolean unbound = item.at("min", "storage").isNull() && item.at("max", "storage").isNull();
            if (type.equals("PersistentVolumeClaim") && unbound) {
                findings.required(path.child("max"),
                        "either minimum or maximum storage value is required, but neither was provided");
            }
            names(item).forEach(name -> bounds(item, name, path, findings));
        });
    }

    private static Set<String> names(JsonObject item) {
        var names = new TreeSet<String>();
        List.of("min", "max", "default", "defaultRequest", "maxLimitRequestRatio").forEach(field ->
                names.addAll(item.object(field).names()));
        return names;
    }

    private static void bounds(JsonObject item, String name, FieldPath path, Findings findings) {
        findings.format(path, name, Formats::qualifiedName);
        order(item, name, path, findings, new Order("min", "max", "min value", "max value"));
        order(item, name, path, findings, new Order("min", "defaultRequest", "min value", "default request value"));
        order(item, name, path, findings, new Order("defaultRequest", "max", "default request value", "max value"));
        order(item, name, path, findings,
                new Order("defaultRequest", "default", "default request value", "default limit value"));
        order(item, name, path, findings, new Order("default", "max", "default value", "max value"));
        Json ratio = item.at("maxLimitRequestRatio", name);
        if (!ratio.isNull() && quantity(ratio).compareTo(Quantity.of(1)) < 0) {
            findings.invalid(path.child("maxLimitRequestRatio").key(name), ratio,
                    "ratio " + ratio.text() + " is less than 1");
        }
    }

    /** One bound that may not be above another, with upstream's words for both. */
    private record Order(String least, String most, String leastWords, String mostWords) {
    }

    private static void order(JsonObject item, String name, FieldPath path, Findings findings, Order order) {
        Json least = item.at(order.least(), name);
        Json most = item.at(order.most(), name);
        if (!least.isNull() && !most.isNull() && quantity(least).compareTo(quantity(most)) > 0) {
            String at = order.least().equals("min") && order.most().equals("defaultRequest") ? "defaultRequest"
                    : order.least();
            findings.invalid(path.child(at).key(name), least, order.leastWords() + " " + least.text()
                    + " is greater than " + order.mostWords() + " " + most.text());
        }
    }

    private static Quantity quantity(Json value) {
        return Quantity.tryParse(value.text()).orElse(Quantity.ZERO);
    }

    static void checkQuota(JsonObject object, Findings findings) {
        FieldPath path = SPEC.child("hard");
        object.object("spec", "hard").forEach((name, value) -> {
            findings.format(path.key(name), name, Formats::qualifiedName);
            if (!name.contains("/") && !QUOTA_NAMES.contains(name) && !name.startsWith("requests.hugepages-")
                    && !name.startsWith("hugepages-")) {
                findings.invalid(path.key(name), name, "must be a standard resource for quotas");
            }
            if (quantity(value).compareTo(Quantity.ZERO) < 0) {
                findings.invalid(path.key(name), value, "must be greater than or equal to 0");
            }
        });
        var scopes = object.array("spec", "scopes").texts();
        for (var pair : List.of(List.of("BestEffort", "NotBestEffort"), List.of("Terminating", "NotTerminating"))) {
            if (scopes.containsAll(pair)) {
                findings.invalid(SPEC.child("scopes"), object.at("spec", "scopes"), "conflicting scopes");
            }
        }
        Findings.each(object.object("spec", "scopeSelector"), SPEC.child("scopeSelector"), "matchExpressions",
                (scope, here) -> {
                    boolean valued = !scope.array("values").isEmpty();
                    boolean in = Set.of("In", "NotIn").contains(scope.text("operator"));
                    if (in && !valued) {
                        findings.required(here.child("values"),
                                "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
                    } else if (!in && valued) {
                        findings.invalid(here.child("values"), scope.at("values"),
                                "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
                    }
                });
    }

    static void checkQuotaUpdate(JsonObject before, JsonObject after, Findings findings) {
        var old = new TreeSet<>(before.array("spec", "scopes").texts());
        if (!old.equals(new TreeSet<>(after.array("spec", "scopes").texts()))) {
            findings.invalid(SPEC.child("scopes"), after.at("spec", "scopes"), Findings.IMMUTABLE);
        }
    }

    /** What needs features that are switched off upstream, too, is refused, as upstream refuses it then. */
    static void checkPodGroup(JsonObject object, Findings findings) {
        var spec = FieldPath.of("spec");
        var policy = object.object("spec", "schedulingPolicy");
        boolean gang = policy.has("gang");
        if (gang == policy.has("basic")) {
            findings.invalid(spec.child("schedulingPolicy"), policy,
                    "must specify exactly one of: `basic`, `gang`");
        } else if (gang && policy.object("gang").at("minCount").number(0) < 1) {
            findings.invalid(spec.child("schedulingPolicy").child("gang").child("minCount"),
                    policy.object("gang").at("minCount"), "must be greater than or equal to 1");
        }
        for (String field : List.of("schedulingConstraints", "disruptionMode", "resourceClaims", "priority",
                "priorityClassName")) {
            if (object.object("spec").has(field)) {
                findings.forbidden(spec.child(field), "the feature gate that it needs is not enabled");
            }
        }
    }

    static void checkPriorityClass(JsonObject object, Findings findings) {
        String name = object.text("metadata", "name");
        Json value = object.at("value");
        if (SYSTEM_PRIORITIES.contains(name)) {
            return;
        }
        if (name.startsWith("system-")) {
            findings.forbidden(FieldPath.of("metadata").child("name"), "priority class names with 'system-' prefix "
                    + "are reserved for system use only. error: " + name + " is not a known system priority class");
        } else if (value.number(0) > HIGHEST_PRIORITY) {
            findings.forbidden(FieldPath.of("value"),
                    "maximum allowed value of a user defined priority is " + HIGHEST_PRIORITY);
        }
        String preemption = object.text("preemptionPolicy");
        if (!preemption.isEmpty() && !Set.of("Never", "PreemptLowerPriority").contains(preemption)) {
            findings.add(FieldError.notSupported(FieldPath.of("preemptionPolicy"), new JsonString(preemption),
                    List.of("PreemptLowerPriority", "Never")));
        }
    }

    static void checkPriorityClassUpdate(JsonObject before, JsonObject after, Findings findings) {
        if (before.at("value").number(0) != after.at("value").number(0)) {
            findings.forbidden(FieldPath.of("value"), "may not be changed in an update.");
        }
        findings.immutable(FieldPath.of("preemptionPolicy"), before.at("preemptionPolicy"),
                after.at("preemptionPolicy"));
    }

    static void checkFlowSchema(JsonObject object, Findings findings) {
        Json precedence = object.at("spec", "matchingPrecedence");
        if (precedence.number(1) < 1) {
            findings.invalid(SPEC.child("matchingPrecedence"), precedence, "must be a positive value");
        } else if (precedence.number(1) > 10_000) {
            findings.invalid(SPEC.child("matchingPrecedence"), precedence,
                    "must not be greater than 10000");
        }
        findings.formatted(object.object("spec", "priorityLevelConfiguration"),
                SPEC.child("priorityLevelConfiguration"), "name", Formats::subdomain);
    }

    static void checkPriorityLevel(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        String type = spec.text("type");
        findings.supported(SPEC.child("type"), type, List.of("Exempt", "Limited"));
        if (type.equals("Limited") && !spec.has("limited")) {
            findings.required(SPEC.child("limited"), "must not be empty when type is Limited");
        } else if (type.equals("Exempt") && spec.has("limited")) {
            findings.forbidden(SPEC.child("limited"), "must be nil if the type is not Limited");
        }
    }
}
