package dev.starling.apiserver.custom;

import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.apiserver.schema.LinearPattern;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Whether a schema is structural: each field's type is said once and outside of alternatives, so that there is one way
 * to prune, default and merge (source: KEP 1693, "structural schemas"). Used once.
 */
final class SchemaValidation {
    private static final Set<String> TYPES = Set.of("object", "array", "string", "integer", "number", "boolean");
    private static final List<String> FORBIDDEN = List.of("$ref", "$schema", "definitions", "dependencies", "id",
            "patternProperties", "additionalItems");
    /** What alternatives may not say, because it is the structure's part. */
    private static final List<String> STRUCTURAL = List.of("additionalProperties", "type", "nullable", "description",
            "default", "title", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource",
            "x-kubernetes-int-or-string", "x-kubernetes-list-type", "x-kubernetes-list-map-keys",
            "x-kubernetes-map-type");
    private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";
    private static final int MOST_ERRORS = 50;

    private final FieldPath root;
    private final List<FieldError> errors = new ArrayList<>();

    SchemaValidation(FieldPath root) {
        this.root = root;
    }

    List<FieldError> errors(JsonObject schema) {
        node(schema, root, true);
        if (!schema.text("type").equals("object") && errors.isEmpty()) {
            errors.add(FieldError.invalid(root.child("type"), schema.text("type"), "must be object at the root"));
        }
        if (schema.flag("nullable")) {
            errors.add(FieldError.forbidden(root.child("nullable"), "nullable cannot be true at the root"));
        }
        if (schema.has("default")) {
            errors.add(FieldError.forbidden(root.child("default"), "must not be set at the root"));
        }
        metadata(schema.object("properties", "metadata"));
        return errors;
    }

    private void metadata(JsonObject metadata) {
        FieldPath path = root.child("properties").key("metadata");
        metadata.object("properties").names().stream().filter(name -> !Set.of("name", "generateName").contains(name))
                .forEach(name -> errors.add(FieldError.forbidden(path, "must not specify anything other than name and "
                        + "generateName, but metadata is implicitly specified")));
    }

    private void node(JsonObject schema, FieldPath path, boolean isRoot) {
        if (errors.size() > MOST_ERRORS) {
            return;
        }
        type(schema, path, isRoot);
        for (String name : FORBIDDEN) {
            if (schema.has(name)) {
                errors.add(FieldError.forbidden(path.child(name), name + " is not supported"));
            }
        }
        if (schema.flag("uniqueItems")) {
            errors.add(FieldError.forbidden(path.child("uniqueItems"), "uniqueItems cannot be set to true since the "
                    + "runtime complexity becomes quadratic"));
        }
        if (schema.has(PRESERVE) && !schema.flag(PRESERVE)) {
            errors.add(FieldError.invalid(path.child(PRESERVE), Json.of(false), "must be true or undefined"));
        }
        values(schema, path);
        additional(schema, path);
        children(schema, path);
        new ListRules(errors).check(schema, path);
        alternatives(schema, schema, path);
    }

    private void type(JsonObject schema, FieldPath path, boolean isRoot) {
        String type = schema.text("type");
        boolean mixed = schema.flag("x-kubernetes-int-or-string");
        if (mixed && !type.isEmpty()) {
            errors.add(FieldError.invalid(path.child("type"), type,
                    "must be empty if x-kubernetes-int-or-string is true"));
        } else if (type.isEmpty() && !mixed && !schema.flag("x-kubernetes-preserve-unknown-fields")) {
            errors.add(FieldError.required(path.child("type"), isRoot ? "must not be empty at the root"
                    : "must not be empty for specified " + (path.toString().endsWith("items") ? "array items"
                    : "object fields")));
        } else if (type.isEmpty() && isRoot) {
            errors.add(FieldError.required(path.child("type"), "must not be empty at the root"));
        } else if (!type.isEmpty() && !TYPES.contains(type)) {
            errors.add(FieldError.notSupported(path.child("type"), Json.of(type), TYPES.stream().sorted().toList()));
        }
        if (schema.flag("x-kubernetes-embedded-resource")) {
            embedded(schema, type, path);
        }
    }

    private void embedded(JsonObject schema, String type, FieldPath path) {
        if (!type.equals("object")) {
            errors.add(FieldError.invalid(path.child("type"), type,
                    "must be object if x-kubernetes-embedded-resource is true"));
        }
        if (schema.object("properties").isEmpty() && !schema.flag("x-kubernetes-preserve-unknown-fields")) {
            errors.add(FieldError.required(path.child("properties"), "must not be empty if "
                    + "x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"));
        }
    }

    private void values(JsonObject schema, FieldPath path) {
        if (schema.has("pattern")) {
            LinearPattern.problem(schema.text("pattern")).ifPresent(why -> errors.add(FieldError.invalid(
                    path.child("pattern"), schema.text("pattern"), "must be a valid regular expression, but isn't: "
                            + why)));
        }
        if (schema.has("multipleOf") && number(schema.at("multipleOf")) <= 0) {
            errors.add(FieldError.invalid(path.child("multipleOf"), schema.at("multipleOf"), "must be positive"));
        }
        if (schema.has("enum") && schema.array("enum").isEmpty()) {
            errors.add(FieldError.required(path.child("enum"), "must not be empty"));
        }
    }

    private static double number(Json value) {
        return switch (value) {
            case JsonLong(var number) -> number;
            case JsonDouble(var number) -> number;
            case Json other -> 0;
        };
    }

    private void additional(JsonObject schema, FieldPath path) {
        Json additional = schema.at("additionalProperties");
        if (additional.isNull()) {
            return;
        }
        if (!schema.object("properties").isEmpty()) {
            errors.add(FieldError.forbidden(path.child("additionalProperties"),
                    "additionalProperties and properties are mutual exclusive"));
        }
        if (additional instanceof JsonObject each) {
            node(each, path.child("additionalProperties"), false);
        } else if (!additional.flag()) {
            errors.add(FieldError.forbidden(path.child("additionalProperties"),
                    "additionalProperties cannot be set to false"));
        }
    }

    private void children(JsonObject schema, FieldPath path) {
        schema.object("properties").forEach((name, child) ->
                node(child.object(), path.child("properties").key(name), false));
        Json items = schema.at("items");
        if (items instanceof JsonArray) {
            errors.add(FieldError.forbidden(path.child("items"), "items must be a schema object and not an array"));
        } else if (items instanceof JsonObject each) {
            node(each, path.child("items"), false);
        } else if (schema.text("type").equals("array")) {
            errors.add(FieldError.required(path.child("items"), "must be specified"));
        }
    }

    private void alternatives(JsonObject structure, JsonObject schema, FieldPath path) {
        for (String name : List.of("allOf", "anyOf", "oneOf")) {
            List<JsonObject> nodes = schema.array(name).objects();
            for (int i = 0; i < nodes.size(); i++) {
                nested(structure, nodes.get(i), path.child(name).index(i));
            }
        }
        if (schema.at("not") instanceof JsonObject inner) {
            nested(structure, inner, path.child("not"));
        }
    }

    /** A schema in an alternative says of values alone, and of fields that the structure knows. */
    private void nested(JsonObject structure, JsonObject schema, FieldPath path) {
        if (errors.size() > MOST_ERRORS) {
            return;
        }
        boolean mixed = structure.flag("x-kubernetes-int-or-string");
        for (String name : STRUCTURAL) {
            if (schema.has(name) && !(mixed && name.equals("type"))) {
                errors.add(FieldError.forbidden(path.child(name), "must be " + (name.equals("nullable")
                        || name.startsWith("x-") ? "false" : "empty") + " to be structural"));
            }
        }
        values(schema, path);
        alternatives(structure, schema, path);
        schema.object("properties").forEach((name, child) -> {
            Json known = structure.at("properties", name);
            boolean open = structure.at("additionalProperties") instanceof JsonObject;
            if (known.isNull() && !open) {
                errors.add(FieldError.required(root.child("properties").key(name),
                        "because it is defined in " + path.child("properties").key(name)));
            } else {
                nested((known.isNull() ? structure.at("additionalProperties") : known).object(), child.object(),
                        path.child("properties").key(name));
            }
        });
        if (schema.at("items") instanceof JsonObject items) {
            nested(structure.object("items"), items, path.child("items"));
        }
    }
}
