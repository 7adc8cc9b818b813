package dev.starling.apiserver.schema;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks enumerations alone: built-in kinds get everything else from their decoder and their own validation. There an
 * empty text is as good as none.
 */
final class EnumValidation {
    private final List<FieldError> errors = new ArrayList<>();

    /** @param known the object as it is stored: subtrees that both share were checked then */
    static List<FieldError> of(Schema schema, JsonObject known, JsonObject object) {
        var validation = new EnumValidation();
        validation.check(schema, object, known, FieldPath.ROOT);
        return List.copyOf(validation.errors);
    }

    private void check(Schema schema, JsonObject object, JsonObject known, FieldPath path) {
        object.forEach((name, field) -> {
            if (!field.isNull() && field == known.at(name)) {
                return;
            }
            schema.property(name).ifPresent(property -> check(property, field, path.child(name)));
        });
    }

    private void check(Schema schema, Json value, FieldPath path) {
        switch (value) {
            case JsonObject object -> object.forEach((name, field) -> {
                var property = schema.property(name);
                if (property.isPresent()) {
                    check(property.get(), field, path.child(name));
                } else if (schema.additional().isPresent()) {
                    check(schema.additional().get(), field, path.key(name));
                }
            });
            case JsonArray array -> schema.items().ifPresent(items -> {
                for (int i = 0; i < array.size(); i++) {
                    check(items, array.at(i), path.index(i));
                }
            });
            case JsonString(var text) -> {
                if (schema.enumerates() && !text.isEmpty() && !schema.enumValues().contains(text)) {
                    errors.add(FieldError.notSupported(path, value, schema.enumValues()));
                }
            }
            case Json other -> { }
        }
    }
}
