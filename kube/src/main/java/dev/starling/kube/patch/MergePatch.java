package dev.starling.kube.patch;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;

/** RFC 7396: objects merge field by field, {@code null} removes, everything else replaces. */
public final class MergePatch {
    private MergePatch() {
    }

    public static Json apply(Json target, Json patch) {
        return patch instanceof JsonObject change ? apply(target.object(), change) : patch;
    }

    public static JsonObject apply(JsonObject target, JsonObject patch) {
        if (patch.isEmpty()) {
            return target;
        }
        var result = JsonObject.builder();
        target.forEach((name, value) -> {
            if (!patch.has(name)) {
                result.put(name, value);
            } else if (!patch.at(name).isNull()) {
                result.put(name, apply(value, patch.at(name)));
            }
        });
        patch.forEach((name, change) -> {
            if (!change.isNull() && !target.has(name)) {
                result.put(name, apply(JsonNull.NULL, change));
            }
        });
        return result.build();
    }

    /**
     * The smallest patch that turns one object into another. No field of the second may be null, because a merge
     * patch cannot say so.
     */
    public static JsonObject diff(JsonObject from, JsonObject to) {
        var patch = JsonObject.builder();
        from.forEach((name, value) -> {
            if (!to.has(name)) {
                patch.put(name, (Json) JsonNull.NULL);
            }
        });
        to.forEach((name, value) -> {
            if (from.at(name) instanceof JsonObject before && value instanceof JsonObject after) {
                var change = diff(before, after);
                if (!change.isEmpty()) {
                    patch.put(name, (Json) change);
                }
            } else if (!from.has(name) || !from.at(name).equals(value)) {
                patch.put(name, value);
            }
        });
        return patch.build();
    }
}
