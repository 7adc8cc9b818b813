package dev.starling.apiserver.versions;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** An Event of the core group and one of {@code events.k8s.io/v1} are the same, with other names of some fields. */
public final class EventVersions {
    /** What {@code events.k8s.io} calls the fields of the core group. */
    private static final Map<String, String> NAMES = names();
    private static final Map<String, String> BACK =
            NAMES.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));

    private EventVersions() {
    }

    private static Map<String, String> names() {
        var names = new LinkedHashMap<String, String>();
        names.put("involvedObject", "regarding");
        names.put("message", "note");
        names.put("reportingComponent", "reportingController");
        names.put("source", "deprecatedSource");
        names.put("firstTimestamp", "deprecatedFirstTimestamp");
        names.put("lastTimestamp", "deprecatedLastTimestamp");
        names.put("count", "deprecatedCount");
        return Map.copyOf(names);
    }

    /** The event as the core group has it. */
    public static JsonObject core(JsonObject event) {
        return renamed(event, BACK, "v1");
    }

    /** The event as {@code events.k8s.io/v1} has it. */
    public static JsonObject grouped(JsonObject event) {
        return renamed(event, NAMES, "events.k8s.io/v1");
    }

    private static JsonObject renamed(JsonObject event, Map<String, String> names, String apiVersion) {
        var renamed = JsonObject.builder();
        event.forEach((name, value) -> renamed.put(names.getOrDefault(name, name), value));
        return renamed.put("apiVersion", Json.of(apiVersion)).build();
    }
}
