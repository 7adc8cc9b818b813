package dev.starling.apiserver.schema;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.patch.Typing;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A schema as server-side apply looks at it. In built-in kinds what has no schema is owned as a whole; in custom kinds
 * it is owned field by field, as upstream's converters of the two kinds of schema have it.
 *
 * @param builtIn whether the schema describes a type of upstream's own, whose plain structs always stand
 */
record SchemaTyping(Schema schema, boolean builtIn) implements Typing {
    /** Structs that upstream fills in, but that may be absent. */
    private static final Set<String> OPTIONAL =
            Set.of("securityContext", "persistentVolumeClaimRetentionPolicy");

    /** The kind's own schema says nothing of {@code metadata} when it is a custom one: the built-in type does. */
    record OfKind(SchemaTyping own, Typing metadata) implements Typing {

        @Override
        public boolean takes(String name) {
            return isCommon(name) || own.takes(name);
        }

        @Override
        public boolean names(String name) {
            return isCommon(name) || own.names(name);
        }

        private static boolean isCommon(String name) {
            return name.equals("metadata") || name.equals("kind") || name.equals("apiVersion");
        }

        @Override
        public Typing field(String name) {
            if (name.equals("metadata")) {
                return metadata;
            }
            return isCommon(name) ? ATOMIC : own.field(name);
        }

        @Override
        public boolean standsAlways(String name) {
            return own.standsAlways(name);
        }
    }

    @Override
    public boolean opensObjects() {
        if (schema.type() == Schema.Type.ANY) {
            return !builtIn;
        }
        boolean free = builtIn && schema.properties().isEmpty() && schema.additional().isEmpty();
        return schema.type() == Schema.Type.OBJECT && !free && !schema.mapType().equals("atomic");
    }

    @Override
    public boolean opensLists() {
        String type = schema.type() == Schema.Type.ARRAY ? schema.listType() : "";
        return type.equals("map") || type.equals("set");
    }

    @Override
    public boolean takes(String name) {
        return schema.type() == Schema.Type.ANY || names(name) || schema.additional().isPresent()
                || schema.preservesUnknown() || builtIn && schema.properties().isEmpty();
    }

    @Override
    public boolean names(String name) {
        return schema.properties().containsKey(name);
    }

    @Override
    public Typing field(String name) {
        return schema.property(name).or(schema::additional).map(this::of).orElse(builtIn ? ATOMIC : DEDUCED);
    }

    private Typing of(Schema below) {
        return new SchemaTyping(below, builtIn);
    }

    @Override
    public boolean standsAlways(String name) {
        if (!builtIn) {
            return false;
        }
        var field = schema.property(name);
        return field.isPresent() && (schema.required().contains(name) || isStruct(name, field.get()));
    }

    private boolean isStruct(String name, Schema field) {
        boolean filled = field.defaultValue().equals(Optional.of(JsonObject.EMPTY)) && !OPTIONAL.contains(name);
        return filled || name.equals("status") && names("kind")
                || field.reference().filter(type -> type.endsWith(".ObjectMeta")).isPresent();
    }

    @Override
    public Typing element() {
        return schema.items().map(this::of).orElse(builtIn ? ATOMIC : DEDUCED);
    }

    @Override
    public List<String> keys() {
        return schema.listMapKeys();
    }

    @Override
    public Json defaultOf(String name) {
        return schema.property(name).flatMap(Schema::defaultValue).orElse(JsonNull.NULL);
    }

    @Override
    public String misfit(Json value) {
        return switch (schema.type()) {
            case OBJECT -> value instanceof JsonObject ? "" : "expected map, got " + shown(value);
            case ARRAY -> value instanceof JsonArray ? "" : "expected list, got " + shown(value);
            case STRING -> value instanceof JsonString ? ""
                    : "expected string, got &value.valueUnstructured{Value:" + value + "}";
            case INTEGER, NUMBER -> value instanceof JsonLong || value instanceof JsonDouble ? ""
                    : "expected numeric (int or float), got " + goType(value);
            case BOOLEAN -> value instanceof JsonBoolean ? "" : "expected boolean, got " + shown(value);
            case INT_OR_STRING, QUANTITY -> value instanceof JsonObject || value instanceof JsonArray
                    ? "expected any scalar, got " + shown(value) : "";
            case ANY -> "";
        };
    }

    private static String shown(Json value) {
        return "&{" + (value instanceof JsonString(var text) ? text : value.toString()) + "}";
    }

    private static String goType(Json value) {
        return switch (value) {
            case JsonObject o -> "map[string]interface {}";
            case JsonArray a -> "[]interface {}";
            case JsonString s -> "string";
            case JsonBoolean b -> "bool";
            case JsonLong l -> "int64";
            case JsonDouble d -> "float64";
            case JsonNull n -> "<nil>";
        };
    }
}
