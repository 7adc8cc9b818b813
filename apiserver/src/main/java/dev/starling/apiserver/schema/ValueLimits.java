package dev.starling.apiserver.schema;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a schema says of one value alone: its type, its limits, its pattern and format. Pure functions. */
final class ValueLimits {
    private ValueLimits() {
    }

    static boolean isOfType(Schema schema, Json value) {
        return switch (schema.type()) {
            case ANY -> true;
            case OBJECT -> value instanceof JsonObject;
            case ARRAY -> value instanceof JsonArray;
            case STRING -> value instanceof JsonString;
            case INTEGER -> value instanceof JsonLong || value instanceof JsonDouble(var number)
                    && number == Math.rint(number);
            case NUMBER -> value instanceof JsonLong || value instanceof JsonDouble;
            case BOOLEAN -> value instanceof JsonBoolean;
            case INT_OR_STRING -> value instanceof JsonLong || value instanceof JsonString;
            case QUANTITY -> value instanceof JsonLong || value instanceof JsonDouble || value instanceof JsonString;
        };
    }

    static FieldError wrongType(Schema schema, Json value, FieldPath path) {
        String wanted = schema.type() == Schema.Type.INT_OR_STRING ? "integer,string"
                : schema.type().name().toLowerCase(Locale.ROOT);
        return typeInvalid(path, wanted, new JsonString(kindName(value)));
    }

    private static FieldError typeInvalid(FieldPath path, String wanted, Json shown) {
        return new FieldError(FieldError.Kind.TYPE_INVALID, path.toString(), shown,
                path + " in body must be of type " + wanted + ": " + shown);
    }

    private static String kindName(Json value) {
        return switch (value) {
            case JsonObject o -> "object";
            case JsonArray a -> "array";
            case JsonString s -> "string";
            case JsonLong l -> "integer";
            case JsonDouble d -> "number";
            case JsonBoolean b -> "boolean";
            case Json n -> "null";
        };
    }

    static void check(Schema schema, Json value, FieldPath path, List<FieldError> errors) {
        List<Json> allowed = schema.enumeration();
        if (!allowed.isEmpty() && !allowed.contains(value)) {
            errors.add(FieldError.notSupported(path, value, allowed.stream()
                    .map(each -> each instanceof JsonString(var text) ? text : each.toString()).toList()));
        }
        switch (value) {
            case JsonObject object -> object(schema, object, path, errors);
            case JsonArray array -> array(schema, array, path, errors);
            case JsonString(var text) -> text(schema, text, path, errors);
            case JsonLong(var number) -> number(schema, number, value, path).ifPresent(errors::add);
            case JsonDouble(var number) -> number(schema, number, value, path).ifPresent(errors::add);
            case Json other -> { }
        }
    }

    private static void object(Schema schema, JsonObject object, FieldPath path, List<FieldError> errors) {
        schema.limit("maxProperties").ifPresent(most -> {
            if (object.size() > most) {
                errors.add(FieldError.tooMany(path, object.size(), (int) most));
            }
        });
        schema.limit("minProperties").ifPresent(least -> {
            if (object.size() < least) {
                errors.add(FieldError.invalid(path, object,
                        path + " in body should have at least " + least + " properties"));
            }
        });
    }

    private static void array(Schema schema, JsonArray array, FieldPath path, List<FieldError> errors) {
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
        if (schema.json().flag("uniqueItems") && new HashSet<>(array.values()).size() < array.size()) {
            errors.add(FieldError.invalid(path, array, path + " in body shouldn't contain duplicates"));
        }
    }

    private static void text(Schema schema, String text, FieldPath path, List<FieldError> errors) {
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
        if (!schema.pattern().isEmpty() && !LinearPattern.of(schema.pattern()).isIn(text)) {
            errors.add(FieldError.invalid(path, text, path + " in body should match '" + schema.pattern() + "'"));
        }
        if (!ValueFormats.fits(schema.format(), text)) {
            errors.add(typeInvalid(path, schema.format(), new JsonString(text)));
        }
    }

    private static Optional<FieldError> number(Schema schema, double number, Json shown, FieldPath path) {
        if (schema.format().equals("int32") && number != (int) number) {
            return Optional.of(typeInvalid(path, "int32", shown));
        }
        return above(schema, number).or(() -> below(schema, number)).or(() -> stray(schema, number))
                .map(wrong -> FieldError.invalid(path, shown, path + " in body should be " + wrong));
    }

    private static Optional<String> above(Schema schema, double number) {
        boolean open = schema.json().flag("exclusiveMaximum");
        return schema.bound("maximum").filter(most -> number > of(most) || open && number == of(most))
                .map(most -> (open ? "less than " : "less than or equal to ") + most);
    }

    private static Optional<String> below(Schema schema, double number) {
        boolean open = schema.json().flag("exclusiveMinimum");
        return schema.bound("minimum").filter(least -> number < of(least) || open && number == of(least))
                .map(least -> (open ? "greater than " : "greater than or equal to ") + least);
    }

    private static Optional<String> stray(Schema schema, double number) {
        return schema.bound("multipleOf").filter(factor -> {
            double times = number / of(factor);
            return Math.abs(times - Math.rint(times)) > 1e-9 * Math.max(1, Math.abs(times));
        }).map(factor -> "a multiple of " + factor);
    }

    private static double of(Json number) {
        return number instanceof JsonDouble(var value) ? value : number.number(0);
    }
}
