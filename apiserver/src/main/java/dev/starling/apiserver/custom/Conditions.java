package dev.starling.apiserver.custom;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Conditions in the status of a definition. Pure functions. */
final class Conditions {
    private Conditions() {
    }

    /** What a condition says. */
    record Condition(String type, boolean holds, String reason, String message) {
    }

    /** The object with a condition; its time moves only if its status does. */
    static KubeObject with(KubeObject object, Condition condition, Instant now) {
        String status = condition.holds() ? "True" : "False";
        List<Json> conditions = new ArrayList<>();
        boolean known = false;
        for (JsonObject each : object.status().array("conditions").objects()) {
            boolean same = each.text("type").equals(condition.type());
            known |= same;
            String since = same && each.text("status").equals(status) ? each.text("lastTransitionTime")
                    : Times.seconds(now);
            conditions.add(same ? json(condition, since) : each);
        }
        if (!known) {
            conditions.add(json(condition, Times.seconds(now)));
        }
        return object.with(JsonArray.of(conditions), "status", "conditions");
    }

    private static JsonObject json(Condition condition, String since) {
        return JsonObject.of("lastTransitionTime", since, "message", condition.message(), "reason", condition.reason(),
                "status", condition.holds() ? "True" : "False", "type", condition.type());
    }
}
