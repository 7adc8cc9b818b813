package dev.starling.apiserver.openapi;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.List;
import java.util.Set;

/** In what the two versions of OpenAPI write a schema differently. */
enum Dialect {
    V2("#/definitions/"), V3("#/components/schemas/");

    /** Version 2 leaves these out: they confuse its readers or it has no place for them. */
    private static final Set<String> ONLY_IN_V3 = Set.of("default", "enum", "oneOf", "nullable");
    /** Without a type beside it any value fits, as in a default: old clients check the types of version 2. */
    private static final String OPEN = "x-kubernetes-preserve-unknown-fields";
    private static final Set<String> OWN = Set.of("x-starling-type", "x-starling-omits-zero");

    /** What readers of version 2 cannot take of a custom kind. */
    private static final Set<String> NO_CUSTOM_V2 = Set.of("oneOf", "anyOf", "allOf", "not", "nullable", "default");
    private static final Set<String> HIDDEN_WHEN_OPEN = Set.of("type", "properties", "items", "additionalProperties");
    private final String prefix;

    Dialect(String prefix) {
        this.prefix = prefix;
    }

    JsonObject reference(String definition) {
        return JsonObject.of("$ref", prefix + definition);
    }

    /** A schema as the generator wrote it, with its description, in this dialect. */
    JsonObject schema(JsonObject written, String description) {
        JsonObject.Builder schema = JsonObject.builder().putText("description", description);
        written.forEach((key, value) -> put(schema, key, value, written));
        if (this == V2 && !written.has("type") && !written.has("$ref") && !written.flag(OPEN)) {
            schema.put("type", written.has("oneOf") ? "string" : "object");
        }
        JsonObject made = schema.build();
        return this == V3 && made.has("$ref") && made.size() > 1 ? wrapped(made) : made;
    }

    /** A custom kind's schema as its user wrote it, to any depth. */
    JsonObject custom(JsonObject written) {
        JsonObject.Builder schema = JsonObject.builder();
        boolean open = this == V2 && (written.flag(OPEN)
                || written.flag("nullable") || written.flag("x-kubernetes-int-or-string"));
        written.forEach((key, value) -> {
            if (this == V2 && NO_CUSTOM_V2.contains(key) || open && HIDDEN_WHEN_OPEN.contains(key)) {
                return;
            }
            switch (key) {
                case "properties" -> schema.put(key, value.object().mapped((name, node) -> custom(node.object())));
                case "items", "additionalProperties", "not" ->
                        schema.put(key, value instanceof JsonObject inner ? custom(inner) : value);
                case "allOf", "anyOf", "oneOf" -> schema.put(key,
                        JsonArray.of(value.array().objects().stream().map(this::custom).toList()));
                default -> schema.put(key, value);
            }
        });
        return schema.build();
    }

    /** A reference with a description beside it. */
    JsonObject described(JsonObject reference, String description) {
        JsonObject described = JsonObject.of("description", description).with("$ref", reference.at("$ref"));
        return this == V3 ? wrapped(described) : described;
    }

    private void put(JsonObject.Builder schema, String key, Json value, JsonObject written) {
        if (OWN.contains(key) || this == V2 && ONLY_IN_V3.contains(key)) {
            return;
        }
        switch (key) {
            case "$ref" -> schema.putAll(reference(value.text()));
            case "items", "additionalProperties" ->
                    schema.put(key, value instanceof JsonObject inner ? schema(inner, "") : value);
            case "format" -> {
                if (!value.text().equals("quantity")) {
                    schema.put(key, value);
                }
            }
            case "properties" -> { }
            default -> schema.put(key, value);
        }
    }

    /** Version 3 allows nothing beside a reference. */
    private static JsonObject wrapped(JsonObject schema) {
        Json reference = JsonObject.of("$ref", schema.at("$ref"));
        return schema.without("$ref").with("allOf", JsonArray.of(List.of(reference)));
    }
}
