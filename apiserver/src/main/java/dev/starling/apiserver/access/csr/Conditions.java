package dev.starling.apiserver.access.csr;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The conditions of a request: Approved, Denied, Failed. Pure. */
final class Conditions {
    static final String APPROVED = "Approved";
    static final String DENIED = "Denied";
    static final String FAILED = "Failed";

    private Conditions() {
    }

    static List<JsonObject> of(KubeObject request) {
        return request.status().array("conditions").objects();
    }

    static boolean has(KubeObject request, String type) {
        return find(request, type).isPresent();
    }

    static Optional<JsonObject> find(KubeObject request, String type) {
        return of(request).stream().filter(condition -> condition.text("type").equals(type)).findFirst();
    }

    static boolean judges(JsonObject condition) {
        return condition.text("type").equals(APPROVED) || condition.text("type").equals(DENIED);
    }

    /** Once there, such a condition stays, and is true. */
    static boolean lasts(JsonObject condition) {
        return judges(condition) || condition.text("type").equals(FAILED);
    }

    static KubeObject with(KubeObject request, List<JsonObject> conditions) {
        return conditions.isEmpty() ? request.without("status", "conditions")
                : request.with(JsonArray.of(conditions), "status", "conditions");
    }

    static KubeObject plus(KubeObject request, JsonObject condition) {
        var all = new ArrayList<>(of(request));
        all.add(condition);
        return with(request, all);
    }

    /** With its times filled in, where it has none. */
    static JsonObject timed(JsonObject condition, Instant now) {
        var time = Json.of(Times.seconds(now));
        var updated = condition.text("lastUpdateTime").isEmpty() ? condition.with("lastUpdateTime", time) : condition;
        return updated.text("lastTransitionTime").isEmpty() ? updated.with("lastTransitionTime", time) : updated;
    }
}
