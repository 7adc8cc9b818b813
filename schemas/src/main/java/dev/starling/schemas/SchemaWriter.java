package dev.starling.schemas;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.starling.schemas.ModelClass.Property;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes the definitions of one package: structure and facts in one tree, descriptions in another. */
final class SchemaWriter {
    private static final String MACHINERY = "io.k8s.apimachinery.pkg.";
    private static final Map<String, String> SCALARS = Map.of(
            "String", "{\"type\":\"string\"}",
            "Boolean", "{\"type\":\"boolean\"}",
            "Integer", "{\"type\":\"integer\",\"format\":\"int32\"}",
            "Long", "{\"type\":\"integer\",\"format\":\"int64\"}",
            "Double", "{\"type\":\"number\",\"format\":\"double\"}",
            "byte[]", "{\"type\":\"string\",\"format\":\"byte\"}",
            "OffsetDateTime", "{\"$ref\":\"" + MACHINERY + "apis.meta.v1.Time\"}",
            "Quantity", "{\"$ref\":\"" + MACHINERY + "api.resource.Quantity\"}",
            "IntOrString", "{\"$ref\":\"" + MACHINERY + "util.intstr.IntOrString\"}",
            "Object", "{\"x-kubernetes-preserve-unknown-fields\":true}");
    private static final Map<String, String> NAMED = Map.of(
            "microtime", MACHINERY + "apis.meta.v1.MicroTime",
            "fields", MACHINERY + "apis.meta.v1.FieldsV1",
            "raw", MACHINERY + "runtime.RawExtension");

    private final Facts facts;
    private final Ownership ownership;
    private final Set<String> unused;
    private final Map<String, JsonObject> definitions = new TreeMap<>();
    private final Map<String, JsonObject> texts = new TreeMap<>();

    SchemaWriter(Facts facts, Ownership ownership) {
        this.facts = facts;
        this.ownership = ownership;
        this.unused = new HashSet<>(facts.lines().keySet());
        for (String className : ownership.classesOf(facts)) {
            write(ModelClass.of(className), ownership.upstreamName(className));
        }
        if (!unused.isEmpty()) {
            throw new IllegalStateException(facts.name() + " has facts of what does not exist: " + unused);
        }
    }

    Map<String, JsonObject> definitions() {
        return definitions;
    }

    Map<String, JsonObject> texts() {
        return texts;
    }

    private void write(ModelClass model, String name) {
        String subject = name.substring(facts.packageName().length() + 1);
        JsonObject properties = new JsonObject();
        JsonObject text = new JsonObject();
        JsonArray required = new JsonArray();
        text.addProperty("", model.description());
        for (Property property : model.properties()) {
            properties.add(property.name(), property(subject, property));
            text.addProperty(property.name(), description(property));
            if (property.required()) {
                required.add(property.name());
            }
        }
        JsonObject definition = new JsonObject();
        definition.addProperty("type", "object");
        if (!required.isEmpty()) {
            definition.add("required", required);
        }
        definition.add("properties", properties);
        unused.remove(subject);
        apply(subject, definition);
        definitions.put(name, definition);
        texts.put(name, text);
    }

    /** The library keeps no text where a field refers to a type: the type's own stands for it. */
    private static String description(Property property) {
        boolean silent = property.description().isEmpty();
        return silent && property.type() instanceof Class<?> type && type.getName().startsWith(ModelClass.PACKAGE)
                ? ModelClass.of(type).description() : property.description();
    }

    private JsonObject property(String subject, Property property) {
        String path = subject + "." + property.name();
        unused.remove(path);
        JsonObject schema = schema(property.type(), facts.of(path));
        apply(path, schema);
        return schema;
    }

    private JsonObject schema(Type type, Map<String, String> extra) {
        if (NAMED.containsKey(extra.getOrDefault("format", ""))) {
            JsonObject reference = new JsonObject();
            reference.addProperty("$ref", NAMED.get(extra.get("format")));
            return reference;
        }
        if (type instanceof ParameterizedType parameterized) {
            List<Type> arguments = Arrays.asList(parameterized.getActualTypeArguments());
            boolean list = parameterized.getRawType() == List.class;
            JsonObject schema = new JsonObject();
            schema.addProperty("type", list ? "array" : "object");
            schema.add(list ? "items" : "additionalProperties", schema(arguments.getLast(), Map.of()));
            return schema;
        }
        Class<?> plain = (Class<?>) type;
        if (plain.getName().startsWith(ModelClass.PACKAGE)) {
            JsonObject reference = new JsonObject();
            reference.addProperty("$ref", ownership.upstreamName(plain.getSimpleName()));
            return reference;
        }
        String scalar = SCALARS.get(plain.getSimpleName());
        if (scalar == null) {
            throw new IllegalStateException("no schema for " + type);
        }
        return JsonParser.parseString(scalar).getAsJsonObject();
    }

    private void apply(String subject, JsonObject schema) {
        facts.of(subject).forEach((key, value) -> {
            switch (key) {
                case "kind" -> schema.add("x-kubernetes-group-version-kind", groupVersionKind(subject));
                case "omits" -> schema.addProperty("x-starling-omits-zero", true);
                case "list" -> list(value, schema);
                case "map" -> schema.addProperty("x-kubernetes-map-type", value);
                case "patch" -> patch(value, schema);
                case "default" -> schema.add("default", JsonParser.parseString(value));
                case "go" -> named(schema).addProperty("x-starling-type", value);
                case "enum" -> named(schema).add("enum", strings(value));
                case "format" -> format(value, schema);
                default -> throw new IllegalStateException(facts.name() + ": unknown fact " + key);
            }
        });
    }

    private static void format(String value, JsonObject schema) {
        if (!NAMED.containsKey(value)) {
            schema.addProperty("format", value);
        }
    }

    private static JsonObject named(JsonObject schema) {
        return schema.has("items") ? schema.getAsJsonObject("items") : schema;
    }

    private JsonArray groupVersionKind(String subject) {
        JsonObject kind = new JsonObject();
        kind.addProperty("group", facts.group().orElse(""));
        kind.addProperty("kind", subject);
        kind.addProperty("version", facts.version());
        JsonArray all = new JsonArray();
        all.add(kind);
        return all;
    }

    private static void list(String value, JsonObject schema) {
        int keys = value.indexOf('(');
        schema.addProperty("x-kubernetes-list-type", keys < 0 ? value : value.substring(0, keys));
        if (keys >= 0) {
            schema.add("x-kubernetes-list-map-keys", strings(value.substring(keys + 1, value.length() - 1)));
        }
    }

    private static void patch(String value, JsonObject schema) {
        int key = value.indexOf('(');
        schema.addProperty("x-kubernetes-patch-strategy", key < 0 ? value : value.substring(0, key));
        if (key >= 0) {
            schema.addProperty("x-kubernetes-patch-merge-key", value.substring(key + 1, value.length() - 1));
        }
    }

    private static JsonArray strings(String value) {
        JsonArray all = new JsonArray();
        for (String one : value.split(",", -1)) {
            all.add(one);
        }
        return all;
    }
}
