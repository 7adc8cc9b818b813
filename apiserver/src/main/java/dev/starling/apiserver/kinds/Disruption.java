package dev.starling.apiserver.kinds;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.Instant;
import java.util.ArrayList;

/** What conditions say of disruptions. Pure. */
final class Disruption {
    private Disruption() {
    }

    /** A pod that says that an eviction ends it. */
    static KubeObject told(KubeObject pod, Instant now) {
        var said = JsonObject.builder().put("type", "DisruptionTarget").put("status", "True");
        if (pod.generation() != 0) {
            said.put("observedGeneration", pod.generation());
        }
        return with(pod, said.put("lastTransitionTime", Times.seconds(now)).put("reason", "EvictionByEvictionAPI")
                .put("message", "Eviction API: evicting").build());
    }

    /** A budget of which the last disruption was taken. */
    static KubeObject spent(KubeObject budget, Instant now) {
        return with(budget, JsonObject.of("type", "DisruptionAllowed", "status", "False", "observedGeneration",
                budget.status().at("observedGeneration"), "lastTransitionTime", Times.seconds(now),
                "reason", "InsufficientPods", "message", ""));
    }

    /** The time stays where the status does. */
    private static KubeObject with(KubeObject object, JsonObject said) {
        var list = new ArrayList<Json>();
        var newest = said;
        for (var condition : object.status().array("conditions").objects()) {
            if (!condition.text("type").equals(said.text("type"))) {
                list.add(condition);
            } else if (condition.text("status").equals(said.text("status"))) {
                newest = said.with("lastTransitionTime", condition.at("lastTransitionTime"));
            }
        }
        list.add(newest);
        return object.with(JsonArray.of(list), "status", "conditions");
    }
}
