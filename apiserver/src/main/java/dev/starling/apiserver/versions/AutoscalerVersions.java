package dev.starling.apiserver.versions;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.JsonWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A HorizontalPodAutoscaler of {@code autoscaling/v2} and one of {@code autoscaling/v1}, which knows one target of
 * CPU alone: what else there is travels in annotations, as upstream writes them.
 */
public final class AutoscalerVersions {
    private static final String PREFIX = "autoscaling.alpha.kubernetes.io/";
    private static final String METRICS = PREFIX + "metrics";
    private static final String CURRENT = PREFIX + "current-metrics";
    private static final String CONDITIONS = PREFIX + "conditions";
    private static final String BEHAVIOR = PREFIX + "behavior";
    private static final List<String> ANNOTATIONS = List.of(METRICS, CURRENT, CONDITIONS, BEHAVIOR);

    private AutoscalerVersions() {
    }

    /** The autoscaler as version 1 has it. */
    public static JsonObject v1(JsonObject v2) {
        var spec = v2.object("spec");
        var annotations = new LinkedHashMap<String, Json>();
        var metrics = new ArrayList<JsonObject>();
        Optional<Json> target = Optional.empty();
        for (var metric : spec.array("metrics").objects()) {
            if (isCpu(metric, "target")) {
                target = target.or(() -> Optional.of(metric.at("resource", "target", "averageUtilization")));
            } else {
                metrics.add(OldMetric.wanted(metric));
            }
        }
        put(annotations, METRICS, JsonArray.of(metrics));
        spec.find("behavior").ifPresent(behavior -> annotations.put(BEHAVIOR, text(behavior)));
        var old = JsonObject.builder().putAll(spec.without("metrics").without("behavior"));
        target.ifPresent(percent -> old.put("targetCPUUtilizationPercentage", percent));
        var shown = v2.with("apiVersion", Json.of("autoscaling/v1")).with("spec", old.build());
        if (v2.has("status")) {
            shown = shown.with("status", oldStatus(v2.object("status"), annotations));
        }
        for (var annotation : annotations.entrySet()) {
            shown = shown.withAt(annotation.getValue(), "metadata", "annotations", annotation.getKey());
        }
        return shown;
    }

    private static boolean isCpu(JsonObject metric, String side) {
        return metric.text("type").equals("Resource") && metric.text("resource", "name").equals("cpu")
                && !metric.at("resource", side, "averageUtilization").isNull();
    }

    private static JsonObject oldStatus(JsonObject status, Map<String, Json> annotations) {
        var current = status.array("currentMetrics").objects();
        put(annotations, CURRENT, JsonArray.of(current.stream().map(OldMetric::measured).toList()));
        put(annotations, CONDITIONS, status.array("conditions"));
        var old = JsonObject.builder().putAll(status.without("currentMetrics").without("conditions"));
        current.stream().filter(metric -> isCpu(metric, "current")).findFirst().ifPresent(metric ->
                old.put("currentCPUUtilizationPercentage", metric.at("resource", "current", "averageUtilization")));
        return old.build();
    }

    private static void put(Map<String, Json> annotations, String name, JsonArray values) {
        if (!values.isEmpty()) {
            annotations.put(name, text(values));
        }
    }

    private static Json text(Json json) {
        return Json.of(JsonWriter.text(json));
    }

    /** The autoscaler as version 2 has it. */
    public static JsonObject v2(JsonObject v1) {
        var annotations = v1.object("metadata", "annotations");
        var spec = v1.object("spec");
        var metrics = new ArrayList<JsonObject>();
        spec.find("targetCPUUtilizationPercentage").ifPresent(percent -> metrics.add(JsonObject.of("type", "Resource",
                "resource", JsonObject.of("name", "cpu", "target",
                        JsonObject.of("type", "Utilization", "averageUtilization", percent)))));
        read(annotations, METRICS).ifPresent(old -> ((JsonArray) old).objects().forEach(metric ->
                metrics.add(OldMetric.wantedNow(metric))));
        var full = JsonObject.builder().putAll(spec.without("targetCPUUtilizationPercentage"));
        if (!metrics.isEmpty()) {
            full.put("metrics", JsonArray.of(metrics));
        }
        read(annotations, BEHAVIOR).ifPresent(behavior -> full.put("behavior", behavior));
        var shown = v1.with("apiVersion", Json.of("autoscaling/v2")).with("spec", full.build());
        if (v1.has("status")) {
            shown = shown.with("status", fullStatus(v1.object("status"), annotations));
        }
        return withoutAnnotations(shown);
    }

    private static JsonObject fullStatus(JsonObject status, JsonObject annotations) {
        var full = JsonObject.builder().putAll(status.without("currentCPUUtilizationPercentage"));
        var current = read(annotations, CURRENT);
        if (current.isPresent()) {
            full.put("currentMetrics", JsonArray.of(((JsonArray) current.get()).objects().stream()
                    .map(OldMetric::measuredNow).toList()));
        } else {
            status.find("currentCPUUtilizationPercentage").ifPresent(percent -> full.put("currentMetrics",
                    JsonArray.of(List.of(JsonObject.of("type", "Resource", "resource", JsonObject.of("name", "cpu",
                            "current", JsonObject.of("averageUtilization", percent)))))));
        }
        read(annotations, CONDITIONS).ifPresent(conditions -> full.put("conditions", conditions));
        return full.build();
    }

    /** What an annotation holds; one that can't be read counts as absent, as upstream has it. */
    private static Optional<Json> read(JsonObject annotations, String name) {
        if (annotations.text(name).isEmpty()) {
            return Optional.empty();
        }
        try {
            var value = JsonReader.read(annotations.text(name));
            boolean fits = name.equals(BEHAVIOR) ? value instanceof JsonObject : value instanceof JsonArray;
            return fits ? Optional.of(value) : Optional.empty();
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private static JsonObject withoutAnnotations(JsonObject object) {
        var annotations = object.object("metadata", "annotations");
        for (String name : ANNOTATIONS) {
            annotations = annotations.without(name);
        }
        return annotations.isEmpty() ? object.withoutAt("metadata", "annotations")
                : object.withAt(annotations, "metadata", "annotations");
    }
}
