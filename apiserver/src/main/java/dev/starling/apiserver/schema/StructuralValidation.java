package dev.starling.apiserver.schema;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Checks a tree against a structural schema, worded as upstream does for custom kinds. {@link #enums} checks
 * enumerations alone: built-in kinds get everything else from their decoder and their own validation.
 */
final class StructuralValidation {
    private final boolean enumsOnly;
    private final List<FieldError> errors = new ArrayList<>();

    private StructuralValidation(boolean enumsOnly) {
        this.enumsOnly = enumsOnly;
    }

    static List<FieldError> all(Schema schema, Json value) {
        return new StructuralValidation(false).run(schema, value);
    }

    static List<FieldError> enums(Schema schema, Json value) {
        return new StructuralValidation(true).run(schema, value);
    }

    private List<FieldError> run(Schema schema, Json value) {
        check(schema, value, FieldPath.ROOT);
        return List.copyOf(errors);
    }

    private void check(Schema schema, Json value, FieldPath path) {
        if (value.isNull() && schema.nullable()) {
            return;
        }
        if (!enumsOnly && !isOfType(schema, value)) {
            errors.add(new FieldError(FieldError.Kind.TYPE_INVALID, path.toString(), kindName(value), path
                    + " in body must be of type " + typeName(schema) + ": " + kindName(value)));
            return;
        }
        switch (value) {
            case JsonObject object -> object(schema, object, path);
            case JsonArray array -> array(schema, array, path);
            case JsonString(var text) -> text(schema, text, path);
            case JsonLong number -> number(schema, number.value(), number, path);
            case JsonDouble number -> number(schema, number.value(), number, path);
            case Json other -> { }
        }
    }

    private void object(Schema schema, JsonObject object, FieldPath path) {
        if (!enumsOnly) {
            schema.required().stream().filter(name -> !object.has(name))
                    .forEach(name -> errors.add(FieldError.required(path.child(name), "")));
        }
        object.forEach((name, value) -> {
            Optional<Schema> property = schema.property(name);
            if (property.isPresent()) {
                check(property.get(), value, path.child(name));
            } else {
                schema.additional().ifPresent(each -> check(each, value, path.key(name)));
            }
        });
    }

    private void array(Schema schema, JsonArray array, FieldPath path) {
        if (!enumsOnly) {
            schema.limit("maxItems").ifPresent(most -> {
                if (array.size() > most) {
                    errors.add(FieldError.tooMany(path, array.size(), (int) most));
                }
            });
            schema.limit("minItems").ifPresent(least -> {
                if (array.size() < least) {
                    errors.add(FieldError.invalid(path, Json.of(array.size()),
                            path + " in body should have at least " + least + " items"));
                }
            });
            duplicates(schema, array, path);
        }
        schema.items().ifPresent(items -> {
            for (int i = 0; i < array.size(); i++) {
                check(items, array.at(i), path.index(i));
            }
        });
    }

    private void duplicates(Schema schema, JsonArray array, FieldPath path) {
        if (!schema.listType().equals("map") && !schema.listType().equals("set")) {
            return;
        }
        Set<Json> seen = new HashSet<>();
        for (int i = 0; i < array.size(); i++) {
            Json key = keyOf(schema, array.at(i));
            if (!seen.add(key)) {
                errors.add(FieldError.duplicate(path.index(i), key));
            }
        }
    }

    private static Json keyOf(Schema schema, Json element) {
        if (schema.listType().equals("set")) {
            return element;
        }
        JsonObject.Builder key = JsonObject.builder();
        for (String name : schema.listMapKeys()) {
            Json standing = schema.items().flatMap(items -> items.property(name)).flatMap(Schema::defaultValue)
                    .orElse(element.object().at(name));
            Json given = element.object().at(name);
            key.put(name, given.isNull() ? standing : given);
        }
        return key.build();
    }

    private void text(Schema schema, String text, FieldPath path) {
        List<String> allowed = schema.enumValues();
        if (!allowed.isEmpty() && !allowed.contains(text) && !(enumsOnly && text.isEmpty())) {
            errors.add(FieldError.notSupported(path, new JsonString(text), allowed));
        }
        if (enumsOnly) {
            return;
        }
        int length = text.codePointCount(0, text.length());
        schema.limit("maxLength").ifPresent(most -> {
            if (length > most) {
                errors.add(FieldError.tooLong(path, (int) most));
            }
        });
        schema.limit("minLength").ifPresent(least -> {
            if (length < least) {
                errors.add(FieldError.invalid(path, text,
                        path + " in body should be at least " + least + " chars long"));
            }
        });
        if (!schema.pattern().isEmpty() && !Pattern.compile(schema.pattern()).matcher(text).find()) {
            errors.add(FieldError.invalid(path, text, path + " in body should match '" + schema.pattern() + "'"));
        }
    }

    private void number(Schema schema, double number, Json shown, FieldPath path) {
        if (enumsOnly) {
            return;
        }
        schema.limit("minimum").ifPresent(least -> {
            if (number < least) {
                errors.add(FieldError.invalid(path, shown,
                        path + " in body should be greater than or equal to " + least));
            }
        });
        schema.limit("maximum").ifPresent(most -> {
            if (number > most) {
                errors.add(FieldError.invalid(path, shown,
                        path + " in body should be less than or equal to " + most));
            }
        });
    }

    private static boolean isOfType(Schema schema, Json value) {
        return switch (schema.type()) {
            case ANY -> true;
            case OBJECT -> value instanceof JsonObject;
            case ARRAY -> value instanceof JsonArray;
            case STRING -> value instanceof JsonString;
            case INTEGER -> value instanceof JsonLong;
            case NUMBER -> value instanceof JsonLong || value instanceof JsonDouble;
            case BOOLEAN -> value instanceof JsonBoolean;
            case INT_OR_STRING -> value instanceof JsonLong || value instanceof JsonString;
            case QUANTITY -> value instanceof JsonLong || value instanceof JsonDouble || value instanceof JsonString;
        };
    }

    private static String typeName(Schema schema) {
        return schema.type().name().toLowerCase(Locale.ROOT);
    }

    private static Json kindName(Json value) {
        return new JsonString(switch (value) {
            case JsonObject o -> "object";
            case JsonArray a -> "array";
            case JsonString s -> "string";
            case JsonLong l -> "integer";
            case JsonDouble d -> "number";
            case JsonBoolean b -> "boolean";
            case Json n -> "null";
        });
    }
}
