package dev.starling.apiserver.schema;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Fills in what a schema says of absent fields. An empty string counts as absent, as in upstream's types. */
final class StaticDefaults {
    private StaticDefaults() {
    }

    static JsonObject of(Schema schema, JsonObject object) {
        return object(schema, object);
    }

    private static Json value(Schema schema, Json value) {
        return switch (value) {
            case JsonObject object -> object(schema, object);
            case JsonArray array -> array(schema, array);
            case Json scalar -> scalar;
        };
    }

    private static JsonObject object(Schema schema, JsonObject object) {
        JsonObject filled = object.mapped((name, value) ->
                schema.property(name).or(schema::additional).map(field -> value(field, value)).orElse(value));
        for (Map.Entry<String, Schema> property : schema.properties().entrySet()) {
            Optional<Json> standing = property.getValue().defaultValue();
            if (standing.isPresent() && absent(filled.at(property.getKey()), standing.get())) {
                filled = filled.with(property.getKey(), value(property.getValue(), standing.get()));
            }
        }
        return filled;
    }

    private static boolean absent(Json value, Json standing) {
        return value.isNull()
                || value instanceof JsonString(var text) && text.isEmpty() && !standing.text().isEmpty();
    }

    private static JsonArray array(Schema schema, JsonArray array) {
        Optional<Schema> items = schema.items();
        if (items.isEmpty()) {
            return array;
        }
        boolean same = true;
        List<Json> filled = new ArrayList<>(array.size());
        for (Json element : array) {
            Json made = value(items.get(), element);
            same &= made == element;
            filled.add(made);
        }
        return same ? array : JsonArray.of(filled);
    }
}
