package dev.starling.control.workload;

import dev.starling.kube.api.Patch;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import java.util.Optional;

/** Patches that say only what differs, so that fields which nobody here knows survive. */
public final class Change {
    private Change() {
    }

    /** The merge patch that leads from one tree to another; arrays are replaced whole. Empty if they are equal. */
    public static JsonObject between(JsonObject before, JsonObject after) {
        var patch = JsonObject.builder();
        after.forEach((name, value) -> {
            Json old = before.at(name);
            if (old instanceof JsonObject from && value instanceof JsonObject to) {
                var inner = between(from, to);
                if (!inner.isEmpty()) {
                    patch.put(name, inner);
                }
            } else if (!old.equals(value)) {
                patch.put(name, value);
            }
        });
        before.forEach((name, value) -> {
            if (!after.has(name)) {
                patch.put(name, JsonNull.NULL);
            }
        });
        return patch.build();
    }

    /** The patch of a status, or nothing if it would change nothing. */
    public static Optional<Patch> ofStatus(JsonObject before, JsonObject after) {
        var inner = between(before, after);
        return inner.isEmpty() ? Optional.empty() : Optional.of(new Patch.Merge(JsonObject.of("status", inner)));
    }

    /** A merge patch of one field. */
    public static Patch field(Json value, String... path) {
        return new Patch.Merge(JsonObject.EMPTY.withAt(value, path));
    }
}
