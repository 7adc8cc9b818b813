package dev.starling.apiserver.custom;

import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.apiserver.schema.Schema;
import dev.starling.apiserver.schema.StructuralSchema;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Whether the defaults in a schema fit the schema. Used once. */
final class DefaultsValidation {
    private final FieldPath root;
    private final List<FieldError> errors = new ArrayList<>();

    DefaultsValidation(FieldPath root) {
        this.root = root;
    }

    List<FieldError> errors(Schema schema) {
        walk(schema, root);
        return errors;
    }

    private void walk(Schema schema, FieldPath path) {
        schema.defaultValue().ifPresent(value -> check(schema, value, path.child("default")));
        schema.properties().forEach((name, node) -> walk(node, path.child("properties").key(name)));
        schema.items().ifPresent(node -> walk(node, path.child("items")));
        schema.additional().ifPresent(node -> walk(node, path.child("additionalProperties")));
    }

    private void check(Schema schema, Json value, FieldPath path) {
        errors.addAll(StructuralSchema.errors(schema, value, path));
        boolean whole = schema.embedsObject();
        if (!whole && value instanceof JsonObject object && !StructuralSchema.pruned(schema, object).equals(object)) {
            errors.add(FieldError.invalid(path, value, "must not have unknown fields"));
        }
    }
}
