package dev.starling.apiserver.versions;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.util.Locale;

/**
 * One metric of an autoscaler as the annotations of {@code autoscaling/v1} hold it, and back: they have names and
 * values side by side where version 2 has objects. Source: {@code k8s.io/api/autoscaling/v1}, MetricSpec.
 */
final class OldMetric {
    private OldMetric() {
    }

    static JsonObject wanted(JsonObject metric) {
        return old(metric, "target");
    }

    static JsonObject measured(JsonObject metric) {
        return old(metric, "current");
    }

    static JsonObject wantedNow(JsonObject metric) {
        return full(metric, "target");
    }

    static JsonObject measuredNow(JsonObject metric) {
        return full(metric, "current");
    }

    private static String field(JsonObject metric) {
        String type = metric.text("type");
        return type.isEmpty() ? "resource" : type.substring(0, 1).toLowerCase(Locale.ROOT) + type.substring(1);
    }

    private static JsonObject old(JsonObject metric, String side) {
        String field = field(metric);
        var source = metric.object(field);
        var values = source.object(side);
        var old = JsonObject.builder();
        boolean named = field.equals("resource") || field.equals("containerResource");
        copy(source, "name", old, "name");
        copy(source, "container", old, "container");
        copy(source, "describedObject", old, "target");
        copy(source.object("metric"), "name", old, "metricName");
        copy(source.object("metric"), "selector", old, field.equals("external") ? "metricSelector" : "selector");
        copy(values, "averageUtilization", old, side + "AverageUtilization");
        copy(values, "averageValue", old, field.equals("object") ? "averageValue" : side + "AverageValue");
        if (!named) {
            copy(values, "value", old, side + "Value");
        }
        if (field.equals("object") && values.at("value").isNull()) {
            old.put(side + "Value", Json.of("0"));
        }
        return JsonObject.of("type", metric.text("type"), field, old.build());
    }

    private static JsonObject full(JsonObject metric, String side) {
        String field = field(metric);
        var old = metric.object(field);
        var values = JsonObject.builder();
        boolean average = old.has(field.equals("object") ? "averageValue" : side + "AverageValue");
        if (side.equals("target")) {
            values.put("type", Json.of(old.has(side + "AverageUtilization") ? "Utilization"
                    : average ? "AverageValue" : "Value"));
        }
        copy(old, side + "AverageUtilization", values, "averageUtilization");
        copy(old, field.equals("object") ? "averageValue" : side + "AverageValue", values, "averageValue");
        if (!average) {
            copy(old, side + "Value", values, "value");
        }
        var source = JsonObject.builder();
        copy(old, "name", source, "name");
        copy(old, "container", source, "container");
        if (old.has("metricName")) {
            copy(old, "target", source, "describedObject");
            var name = JsonObject.builder();
            copy(old, "metricName", name, "name");
            copy(old, "metricSelector", name, "selector");
            copy(old, "selector", name, "selector");
            source.put("metric", name.build());
        }
        return JsonObject.of("type", metric.text("type"), field, source.put(side, values.build()).build());
    }

    private static void copy(JsonObject from, String name, JsonObject.Builder into, String as) {
        from.find(name).filter(value -> !value.isNull()).ifPresent(value -> into.put(as, value));
    }
}
