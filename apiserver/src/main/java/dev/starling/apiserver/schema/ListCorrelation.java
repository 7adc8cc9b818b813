package dev.starling.apiserver.schema;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which elements of a list that changed are the same things: those of a {@code map} list, by their keys. */
public final class ListCorrelation {
    private final Schema schema;
    private final Map<Json, Json> before = new HashMap<>();

    public ListCorrelation(Schema schema, Optional<JsonArray> list) {
        this.schema = schema;
        if (schema.listType().equals("map")) {
            list.ifPresent(known -> known.forEach(element -> before.put(keyOf(schema, element), element)));
        }
    }

    /** What an element was before. */
    public Optional<Json> before(Json element) {
        return before.isEmpty() ? Optional.empty() : Optional.ofNullable(before.get(keyOf(schema, element)));
    }

    static List<FieldError> duplicates(Schema schema, JsonArray array, FieldPath path) {
        if (!schema.listType().equals("map") && !schema.listType().equals("set")) {
            return List.of();
        }
        List<FieldError> errors = new ArrayList<>();
        Set<Json> seen = new HashSet<>();
        for (int i = 0; i < array.size(); i++) {
            Json key = keyOf(schema, array.at(i));
            if (!seen.add(key)) {
                errors.add(FieldError.duplicate(path.index(i), key));
            }
        }
        return errors;
    }

    private static Json keyOf(Schema schema, Json element) {
        if (schema.listType().equals("set")) {
            return element;
        }
        JsonObject.Builder key = JsonObject.builder();
        for (String name : schema.listMapKeys()) {
            Json standing = schema.items().flatMap(items -> items.property(name)).flatMap(Schema::defaultValue)
                    .orElse(element.object().at(name));
            Json given = element.object().at(name);
            key.put(name, given.isNull() ? standing : given);
        }
        return key.build();
    }
}
