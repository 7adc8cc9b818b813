package dev.starling.apiserver.cel;

import dev.starling.apiserver.schema.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The type of a value in an expression, and how large it may get. Immutable.
 *
 * @param name of an object's type; empty for others
 * @param fields of an object, by the names that expressions use
 * @param element of a list, or of the values of a map
 * @param longest how many elements, entries or characters there may be
 * @param least the fewest bytes that a value takes as JSON
 */
public record ValueType(Form form, String name, Map<String, Field> fields, Optional<ValueType> element, long longest,
        long least) {
    /** An object of three megabytes is the largest that a request brings. */
    static final long LARGEST = 3L * 1024 * 1024;
    /** Anything; what it is shows when it is looked at. */
    public static final ValueType DYN = of(Form.DYN);
    public static final ValueType BOOL = of(Form.BOOL);
    public static final ValueType INT = of(Form.INT);
    public static final ValueType DOUBLE = of(Form.DOUBLE);
    public static final ValueType STRING = of(Form.STRING);
    public static final ValueType BYTES = of(Form.BYTES);
    public static final ValueType TIMESTAMP = of(Form.TIMESTAMP);
    public static final ValueType DURATION = of(Form.DURATION);
    /** Asks whether somebody may do something: its values are {@link Authorizing}. */
    public static final ValueType AUTHORIZER = of(Form.AUTHORIZER);
    /** A question about one resource, which still lacks its verb: its values are {@link Ask}. */
    public static final ValueType RESOURCE_CHECK = of(Form.RESOURCE_CHECK);

    /** The forms of values. */
    public enum Form { DYN, BOOL, INT, DOUBLE, STRING, BYTES, TIMESTAMP, DURATION, LIST, MAP, OBJECT, OPTIONAL,
        AUTHORIZER, RESOURCE_CHECK }

    /** A field of an object: its name in JSON and its type. */
    public record Field(String jsonName, ValueType type) {
    }

    public ValueType {
        fields = Map.copyOf(fields);
    }

    private static ValueType of(Form form) {
        return new ValueType(form, "", Map.of(), Optional.empty(), LARGEST, least(form));
    }

    public static ValueType list(ValueType element) {
        return new ValueType(Form.LIST, "", Map.of(), Optional.of(element), LARGEST / (element.least() + 1), 2);
    }

    public static ValueType map(ValueType element) {
        return new ValueType(Form.MAP, "", Map.of(), Optional.of(element), LARGEST / (element.least() + 5), 2);
    }

    /** A value that may be absent: JSON null is the absent one. */
    public static ValueType optional(ValueType element) {
        return new ValueType(Form.OPTIONAL, "", Map.of(), Optional.of(element), element.longest(), 1);
    }

    /** An object whose type has a name of its own, and these fields. */
    public static ValueType object(String name, Map<String, ValueType> fields) {
        Map<String, Field> named = new LinkedHashMap<>();
        fields.forEach((field, type) -> FieldNames.escaped(field)
                .ifPresent(escaped -> named.put(escaped, new Field(field, type))));
        return new ValueType(Form.OBJECT, name, named, Optional.empty(), fields.size(), 2);
    }

    /**
     * The type of what a schema describes.
     *
     * @param name begins the names of the types of objects in it
     * @param whole whether it is a whole Kubernetes object, of which the metadata's names are seen
     */
    public static ValueType of(Schema schema, String name, boolean whole) {
        if (schema.type() == Schema.Type.OBJECT && (whole || schema.embedsObject())) {
            return whole(schema, name);
        }
        return switch (schema.type()) {
            case OBJECT -> object(schema, name);
            case ARRAY -> list(schema.items().map(items -> of(items, name + ".items", false)).orElse(DYN))
                    .atMost(schema.limit("maxItems"));
            case STRING -> text(schema);
            case INTEGER -> INT;
            case NUMBER -> DOUBLE;
            case BOOLEAN -> BOOL;
            case INT_OR_STRING, QUANTITY, ANY -> DYN;
        };
    }

    private static ValueType whole(Schema schema, String name) {
        Map<String, ValueType> fields = new LinkedHashMap<>();
        schema.properties().forEach((field, node) -> fields.put(field, of(node, name + "." + field, false)));
        fields.put("apiVersion", STRING);
        fields.put("kind", STRING);
        fields.put("metadata", object(name + ".metadata", Map.of("name", STRING, "generateName", STRING)));
        return object(name, fields);
    }

    private static ValueType object(Schema schema, String name) {
        if (schema.additional().isPresent()) {
            return map(of(schema.additional().get(), name + ".values", false)).atMost(schema.limit("maxProperties"));
        }
        if (schema.properties().isEmpty()) {
            return schema.preservesUnknown() ? DYN : object(name, Map.of());
        }
        Map<String, ValueType> fields = new LinkedHashMap<>();
        schema.properties().forEach((field, node) -> fields.put(field, of(node, name + "." + field, false)));
        return object(name, fields).noShorterThan(2 + required(schema, fields));
    }

    /** Only what the sender must write counts (source: how upstream estimates the least size of an object). */
    private static long required(Schema schema, Map<String, ValueType> fields) {
        return schema.required().stream().distinct().filter(field -> fields.containsKey(field)
                        && schema.property(field).filter(node -> node.json().has("default")).isEmpty())
                .mapToLong(field -> field.length() + fields.get(field).least() + 4).sum();
    }

    private static ValueType text(Schema schema) {
        return switch (schema.format()) {
            case "date", "date-time", "datetime" -> TIMESTAMP;
            case "duration" -> DURATION;
            case "byte" -> BYTES;
            default -> STRING.atMost(schema.enumValues().isEmpty() ? schema.limit("maxLength")
                    : OptionalLong.of(schema.enumValues().stream().mapToInt(String::length).max().orElse(0)));
        };
    }

    private ValueType atMost(OptionalLong limit) {
        return limit.isEmpty() ? this
                : new ValueType(form, name, fields, element, Math.min(longest, Math.max(0, limit.getAsLong())), least);
    }

    private ValueType noShorterThan(long bytes) {
        return new ValueType(form, name, fields, element, longest, bytes);
    }

    /** How often such a value can stand in one request, if nothing else limits that. */
    public long most() {
        return LARGEST / (least + 1);
    }

    private static long least(Form form) {
        return switch (form) {
            case OBJECT, LIST, MAP, STRING, BYTES, TIMESTAMP, DURATION -> 2;
            case BOOL -> 4;
            case INT, DOUBLE, DYN, OPTIONAL, AUTHORIZER, RESOURCE_CHECK -> 1;
        };
    }

    /** All named types of objects in it. */
    List<ValueType> objects() {
        var found = new LinkedHashMap<String, ValueType>();
        collect(this, found);
        return List.copyOf(found.values());
    }

    private static void collect(ValueType type, Map<String, ValueType> found) {
        if (type.form() == Form.OBJECT) {
            found.put(type.name(), type);
        }
        type.element().ifPresent(element -> collect(element, found));
        type.fields().values().forEach(field -> collect(field.type(), found));
    }
}
