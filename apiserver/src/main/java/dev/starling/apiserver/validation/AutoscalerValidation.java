package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Quantity;
import java.util.List;
import java.util.Map;

/** HorizontalPodAutoscalers. */
final class AutoscalerValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final Map<String, String> SOURCES = Map.of("Resource", "resource",
            "ContainerResource", "containerResource", "Pods", "pods", "Object", "object", "External", "external");

    private AutoscalerValidation() {
    }

    static void check(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        Json least = spec.at("minReplicas");
        Json most = Json.of(spec.at("maxReplicas").number(0));
        if (least.number(1) < 1) {
            findings.invalid(SPEC.child("minReplicas"), least, "must be greater than or equal to 1");
        }
        if (most.number(0) < 1) {
            findings.invalid(SPEC.child("maxReplicas"), most, "must be greater than 0");
        }
        if (most.number(0) < least.number(1)) {
            findings.invalid(SPEC.child("maxReplicas"), most, "must be greater than or equal to `minReplicas`");
        }
        target(spec.object("scaleTargetRef"), SPEC.child("scaleTargetRef"), findings);
        Findings.each(spec, SPEC, "metrics", (metric, path) -> metric(metric, path, findings));
        JsonObject behavior = spec.object("behavior");
        for (String direction : List.of("scaleUp", "scaleDown")) {
            behavior.find(direction).ifPresent(rules ->
                    rules(rules.object(), SPEC.child("behavior", direction), findings));
        }
    }

    private static void target(JsonObject reference, FieldPath path, Findings findings) {
        for (String field : List.of("kind", "name")) {
            findings.formatted(reference, path, field, AutoscalerValidation::pathSegment);
        }
    }

    private static List<String> pathSegment(String text) {
        if (text.equals(".") || text.equals("..")) {
            return List.of("may not be '" + text + "'");
        }
        return text.contains("/") ? List.of("may not contain '/'")
                : text.contains("%") ? List.of("may not contain '%'") : List.of();
    }

    private static void metric(JsonObject metric, FieldPath path, Findings findings) {
        String type = metric.text("type");
        if (type.isEmpty()) {
            findings.required(path.child("type"), "must specify a metric source type");
        }
        if (!SOURCES.containsKey(type)) {
            findings.supported(path.child("type"), type, SOURCES.keySet().stream().sorted().toList());
            return;
        }
        String field = SOURCES.getOrDefault(type, "");
        SOURCES.values().stream().sorted().filter(other -> metric.has(other) && !other.equals(field))
                .forEach(other -> findings.forbidden(path.child(other), "must populate the given metric source only"));
        if (!metric.has(field)) {
            findings.required(path.child(field), "must populate information for the given metric source");
            return;
        }
        JsonObject source = metric.object(field);
        FieldPath here = path.child(field);
        switch (type) {
            case "Resource" -> resource(source, here, findings);
            case "ContainerResource" -> {
                findings.present(source, here, "container", "must specify a container");
                resource(source, here, findings);
            }
            default -> {
                findings.present(source.object("metric"), here.child("metric"), "name",
                        "must specify a metric name");
                metricTarget(source.object("target"), here.child("target"), findings);
            }
        }
    }

    private static void resource(JsonObject source, FieldPath path, Findings findings) {
        findings.present(source, path, "name", "must specify a resource name");
        JsonObject target = source.object("target");
        FieldPath here = path.child("target");
        metricTarget(target, here, findings);
        boolean utilization = target.has("averageUtilization");
        if (!utilization && !target.has("averageValue")) {
            findings.required(here.child("averageUtilization"),
                    "must set either a target raw value or a target utilization");
        }
        if (utilization && target.has("averageValue")) {
            findings.forbidden(here.child("averageValue"),
                    "may not set both a target raw value and a target utilization");
        }
    }

    private static void metricTarget(JsonObject target, FieldPath path, Findings findings) {
        String type = target.text("type");
        if (type.isEmpty()) {
            findings.required(path.child("type"), "must specify a metric target type");
        } else if (!List.of("Utilization", "Value", "AverageValue").contains(type)) {
            findings.invalid(path.child("type"), type, "must be either Utilization, Value, or AverageValue");
        }
        if (target.at("averageUtilization").number(1) < 1) {
            findings.invalid(path.child("averageUtilization"), target.at("averageUtilization"),
                    "must be greater than 0");
        }
        for (String field : List.of("value", "averageValue")) {
            boolean positive = Quantity.tryParse(target.text(field))
                    .map(amount -> amount.compareTo(Quantity.ZERO) > 0).orElse(true);
            if (!positive) {
                findings.invalid(path.child(field), target.at(field), "must be positive");
            }
        }
    }

    private static void rules(JsonObject rules, FieldPath path, Findings findings) {
        Json window = rules.at("stabilizationWindowSeconds");
        if (window.number(0) < 0) {
            findings.invalid(path.child("stabilizationWindowSeconds"), window,
                    "must be greater than or equal to zero");
        } else if (window.number(0) > 3_600) {
            findings.invalid(path.child("stabilizationWindowSeconds"), window, "must be less than or equal to 3600");
        }
        if (rules.has("selectPolicy")) {
            findings.supported(path.child("selectPolicy"), rules.text("selectPolicy"),
                    List.of("Disabled", "Max", "Min"));
        }
        if (rules.array("policies").isEmpty()) {
            findings.required(path.child("policies"), "must specify at least one Policy");
        }
        Findings.each(rules, path, "policies", (policy, here) -> {
            findings.supported(here.child("type"), policy.text("type"), List.of("Percent", "Pods"));
            positive(policy, here, "value", findings);
            positive(policy, here, "periodSeconds", findings);
            if (policy.at("periodSeconds").number(0) > 1_800) {
                findings.invalid(here.child("periodSeconds"), policy.at("periodSeconds"),
                        "must be less than or equal to 1800");
            }
        });
    }

    private static void positive(JsonObject policy, FieldPath path, String field, Findings findings) {
        if (policy.at(field).number(0) <= 0) {
            findings.invalid(path.child(field), Json.of(policy.at(field).number(0)), "must be greater than zero");
        }
    }
}
