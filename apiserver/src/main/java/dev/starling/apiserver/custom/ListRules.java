package dev.starling.apiserver.custom;

import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.util.List;
import java.util.Set;

/** Whether a node tells well how its list or map merges. */
record ListRules(List<FieldError> errors) {
    private static final Set<String> SCALARS = Set.of("string", "integer", "number", "boolean");

    void check(JsonObject schema, FieldPath path) {
        String type = schema.text("x-kubernetes-list-type");
        if (!type.isEmpty()) {
            list(schema, type, path);
        }
        List<String> keys = schema.array("x-kubernetes-list-map-keys").texts();
        if (!keys.isEmpty() && !type.equals("map")) {
            errors.add(FieldError.forbidden(path.child("x-kubernetes-list-map-keys"),
                    "must be empty if x-kubernetes-list-type is not map"));
        }
        String map = schema.text("x-kubernetes-map-type");
        if (!map.isEmpty() && !Set.of("atomic", "granular").contains(map)) {
            errors.add(FieldError.notSupported(path.child("x-kubernetes-map-type"), Json.of(map),
                    List.of("atomic", "granular")));
        } else if (!map.isEmpty() && !schema.text("type").equals("object")) {
            errors.add(FieldError.invalid(path.child("type"), schema.text("type"),
                    "must be object if x-kubernetes-map-type is specified"));
        }
    }

    private void list(JsonObject schema, String type, FieldPath path) {
        if (!Set.of("atomic", "set", "map").contains(type)) {
            errors.add(FieldError.notSupported(path.child("x-kubernetes-list-type"), Json.of(type),
                    List.of("atomic", "map", "set")));
        } else if (!schema.text("type").equals("array")) {
            errors.add(FieldError.invalid(path.child("type"), schema.text("type"),
                    "must be array if x-kubernetes-list-type is specified"));
        } else if (type.equals("map")) {
            keys(schema, path);
        } else if (type.equals("set")) {
            set(schema.object("items"), path.child("items"));
        }
    }

    private void keys(JsonObject schema, FieldPath path) {
        List<String> keys = schema.array("x-kubernetes-list-map-keys").texts();
        JsonObject items = schema.object("items");
        FieldPath keysPath = path.child("x-kubernetes-list-map-keys");
        if (keys.isEmpty()) {
            errors.add(FieldError.required(keysPath, "must not be empty if x-kubernetes-list-type is map"));
        }
        if (!items.text("type").equals("object")) {
            errors.add(FieldError.invalid(path.child("items").child("type"), items.text("type"),
                    "must be object if parent array's x-kubernetes-list-type is map"));
        }
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            JsonObject field = items.object("properties", key);
            FieldPath fieldPath = path.child("items").child("properties").key(key);
            if (!items.object("properties").has(key)) {
                errors.add(FieldError.invalid(keysPath.index(i), key,
                        "entries must all be names of item properties"));
            } else if (!SCALARS.contains(field.text("type")) && !field.flag("x-kubernetes-int-or-string")) {
                errors.add(FieldError.invalid(fieldPath.child("type"), field.text("type"),
                        "must be a scalar type if parent array's x-kubernetes-list-type is map"));
            } else if (!field.has("default") && !items.array("required").texts().contains(key)) {
                errors.add(FieldError.required(fieldPath.child("default"),
                        "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required "
                                + "property"));
            }
        }
    }

    private void set(JsonObject items, FieldPath path) {
        if (items.flag("nullable")) {
            errors.add(FieldError.forbidden(path.child("nullable"),
                    "cannot be nullable when x-kubernetes-list-type is set"));
        }
        boolean atomic = items.text("type").equals("array")
                ? items.text("x-kubernetes-list-type").isEmpty()
                        || items.text("x-kubernetes-list-type").equals("atomic")
                : !items.text("type").equals("object") || items.text("x-kubernetes-map-type").equals("atomic");
        if (!atomic) {
            errors.add(FieldError.invalid(path, items.text("type"),
                    "items of lists of x-kubernetes-list-type set must be atomic"));
        }
    }
}
