package dev.starling.apiserver.schema;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Drops what a structural schema does not know, and the nulls that it does not allow. Where unknown fields are
 * preserved, known ones below are pruned all the same. One pruning reads one tree, on one thread.
 */
final class Pruning {
    /** What every whole object has, said or not. Their form is checked apart. */
    static final Set<String> OBJECT_FIELDS = Set.of("apiVersion", "kind", "metadata");

    private final List<String> unknown = new ArrayList<>();

    /** Beside the object the paths of what was dropped. */
    record Result(JsonObject object, List<String> unknown) {
        Result {
            unknown = List.copyOf(unknown);
        }
    }

    static Result of(Schema schema, JsonObject object) {
        var pruning = new Pruning();
        JsonObject pruned = pruning.object(Optional.of(schema), object, FieldPath.ROOT, true);
        return new Result(pruned, pruning.unknown);
    }

    private Json value(Optional<Schema> schema, Json value, FieldPath path) {
        return switch (value) {
            case JsonObject object -> object(schema, object, path,
                    schema.filter(Schema::embedsObject).isPresent());
            case JsonArray array -> array(schema, array, path);
            case Json scalar -> scalar;
        };
    }

    private JsonObject object(Optional<Schema> schema, JsonObject object, FieldPath path, boolean whole) {
        JsonObject.Builder kept = JsonObject.builder();
        boolean[] same = {true};
        object.forEach((name, value) -> {
            Optional<Schema> field = schema.flatMap(known -> known.property(name).or(known::additional));
            Json made = value;
            if (whole && OBJECT_FIELDS.contains(name)) {
                kept.put(name, value);
            } else if (field.isPresent() && value.isNull() && !field.get().nullable()) {
                same[0] = false;
            } else if (field.isPresent()) {
                made = value(field, value, path.child(name));
                kept.put(name, made);
            } else if (schema.filter(Schema::preservesUnknown).isPresent()) {
                kept.put(name, value);
            } else {
                if (unknown.size() < StrictErrors.MOST) {
                    unknown.add(path.child(name).toString());
                }
                same[0] = false;
            }
            same[0] &= made == value;
        });
        return same[0] ? object : kept.build();
    }

    private Json array(Optional<Schema> schema, JsonArray array, FieldPath path) {
        if (schema.filter(known -> known.items().isEmpty() && known.preservesUnknown()).isPresent()) {
            return array;
        }
        Optional<Schema> items = schema.flatMap(Schema::items);
        List<Json> pruned = new ArrayList<>(array.size());
        boolean same = true;
        for (int i = 0; i < array.size(); i++) {
            Json made = value(items, array.at(i), path.index(i));
            same &= made == array.at(i);
            pruned.add(made);
        }
        return same ? array : JsonArray.of(pruned);
    }
}
