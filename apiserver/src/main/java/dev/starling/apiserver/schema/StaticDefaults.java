package dev.starling.apiserver.schema;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Fills in what a schema says of absent fields. */
final class StaticDefaults {
    private final boolean emptyIsAbsent;

    private StaticDefaults(boolean emptyIsAbsent) {
        this.emptyIsAbsent = emptyIsAbsent;
    }

    /** For built-in kinds: an empty string counts as absent, as in upstream's types. */
    static JsonObject of(Schema schema, JsonObject object) {
        return new StaticDefaults(true).object(schema, object);
    }

    /** For custom kinds: what is there stays, but for a null where none may be. */
    static JsonObject ofCustom(Schema schema, JsonObject object) {
        return new StaticDefaults(false).object(schema, object);
    }

    private Json value(Schema schema, Json value) {
        return switch (value) {
            case JsonObject object -> object(schema, object);
            case JsonArray array -> array(schema, array);
            case Json scalar -> scalar;
        };
    }

    private JsonObject object(Schema schema, JsonObject object) {
        JsonObject filled = object.mapped((name, value) ->
                schema.property(name).or(schema::additional).map(field -> value(field, value)).orElse(value));
        for (Map.Entry<String, Schema> property : schema.properties().entrySet()) {
            Optional<Json> standing = property.getValue().defaultValue();
            if (standing.isPresent() && absent(filled, property, standing.get())) {
                filled = filled.with(property.getKey(), value(property.getValue(), standing.get()));
            }
        }
        return filled;
    }

    private boolean absent(JsonObject object, Map.Entry<String, Schema> property, Json standing) {
        Json value = object.at(property.getKey());
        if (value.isNull()) {
            return !object.has(property.getKey()) || !property.getValue().nullable();
        }
        return emptyIsAbsent && value instanceof JsonString(var text) && text.isEmpty()
                && !standing.text().isEmpty();
    }

    private JsonArray array(Schema schema, JsonArray array) {
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
