package dev.starling.apiserver.admission.limits;

import dev.starling.apiserver.admission.amount.Amounts;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.List;

/** LimitRanges as a write meets them. */
final class LimitRanges {
    static final String CONTAINER = "Container";
    private static final String RESIZE = "resize";

    private LimitRanges() {
    }

    /** Those that apply to a write: to a new pod, to one that is resized, and to claims. */
    static List<KubeObject> of(AdmissionRequest request) {
        var key = request.key();
        boolean pod = key.type().equals(Kinds.PODS) && (request.creates(Kinds.PODS)
                || request.operation() == Operation.UPDATE && key.subresource().equals(RESIZE));
        boolean claim = key.type().equals(Kinds.PERSISTENT_VOLUME_CLAIMS) && key.subresource().isEmpty()
                && (request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE);
        return pod || claim ? request.reader().all(Kinds.LIMIT_RANGES, key.namespace()) : List.of();
    }

    static List<Limit> items(KubeObject range) {
        return range.spec().array("limits").objects().stream().map(Limit::of).toList();
    }

    /** A range in which containers get the most that they may have, and ask for what they get, unless it says so. */
    static KubeObject defaulted(KubeObject range) {
        return range.with(JsonArray.of(range.spec().array("limits").objects().stream()
                .map(LimitRanges::filled).map(Json.class::cast).toList()), "spec", "limits");
    }

    private static JsonObject filled(JsonObject item) {
        if (!item.text("type").equals(CONTAINER)) {
            return item;
        }
        var defaults = orElse(item.object("default"), item.object("max"));
        var requests = orElse(orElse(item.object("defaultRequest"), defaults), item.object("min"));
        var given = defaults.isEmpty() ? item : item.with("default", defaults);
        return requests.isEmpty() ? given : given.with("defaultRequest", requests);
    }

    static JsonObject orElse(JsonObject list, JsonObject others) {
        var filled = JsonObject.builder().putAll(list);
        others.forEach((name, value) -> {
            if (!list.has(name)) {
                filled.put(name, value);
            }
        });
        return filled.build();
    }

    static JsonObject orElse(JsonObject list, Amounts others) {
        return orElse(list, others.json());
    }
}
