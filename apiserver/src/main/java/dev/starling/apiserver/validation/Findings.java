package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Collects what is wrong, in the order in which it is found. Used by one thread. */
final class Findings {
    static final String IMMUTABLE = "field is immutable";
    private static final String NEGATIVE = "must be greater than or equal to 0";

    private final List<FieldError> errors = new ArrayList<>();

    List<FieldError> all() {
        return List.copyOf(errors);
    }

    void add(FieldError error) {
        errors.add(error);
    }

    void required(FieldPath path, String detail) {
        errors.add(FieldError.required(path, detail));
    }

    void invalid(FieldPath path, Json value, String detail) {
        errors.add(FieldError.invalid(path, value, detail));
    }

    void invalid(FieldPath path, String value, String detail) {
        errors.add(FieldError.invalid(path, value, detail));
    }

    void forbidden(FieldPath path, String detail) {
        errors.add(FieldError.forbidden(path, detail));
    }

    void duplicate(FieldPath path, Json value) {
        errors.add(FieldError.duplicate(path, value));
    }

    /** Refuses the absent or empty text; true if something stands there. */
    boolean present(JsonObject owner, FieldPath path, String field) {
        return present(owner, path, field, "");
    }

    boolean present(JsonObject owner, FieldPath path, String field, String detail) {
        if (owner.text(field).isEmpty()) {
            required(path.child(field), detail);
            return false;
        }
        return true;
    }

    /** Refuses what a format says is wrong. */
    void format(FieldPath path, String value, Function<String, List<String>> format) {
        format.apply(value).forEach(message -> invalid(path, value, message));
    }

    /** Refuses an absent text, and one that is not in the format. */
    void formatted(JsonObject owner, FieldPath path, String field, Function<String, List<String>> format) {
        if (present(owner, path, field)) {
            format(path.child(field), owner.text(field), format);
        }
    }

    /** Refuses a text that is not in the format; it may be absent. */
    void optional(JsonObject owner, FieldPath path, String field, Function<String, List<String>> format) {
        if (!owner.text(field).isEmpty()) {
            format(path.child(field), owner.text(field), format);
        }
    }

    void notNegative(JsonObject owner, FieldPath path, String... fields) {
        for (String field : fields) {
            if (owner.at(field).number(0) < 0) {
                invalid(path.child(field), owner.at(field), NEGATIVE);
            }
        }
    }

    void inRange(Json value, FieldPath path, long least, long most) {
        if (!value.isNull()) {
            Formats.range(value.number(least), least, most).forEach(message -> invalid(path, value, message));
        }
    }

    void supported(FieldPath path, String value, List<String> values) {
        if (!values.contains(value)) {
            errors.add(FieldError.notSupported(path, new JsonString(value), values));
        }
    }

    void immutable(FieldPath path, Json before, Json after) {
        if (!before.equals(after)) {
            invalid(path, after, IMMUTABLE);
        }
    }

    /** A port number, or the name of one. */
    void portOrName(Json value, FieldPath path) {
        if (value instanceof JsonLong(var number)) {
            Formats.port(number).forEach(message -> invalid(path, value, message));
        } else {
            format(path, value.text(), Formats::portName);
        }
    }

    /** Looks at each object of a list. */
    static void each(JsonObject owner, FieldPath path, String list, BiConsumer<JsonObject, FieldPath> look) {
        int index = 0;
        for (JsonObject element : owner.array(list).objects()) {
            look.accept(element, path.child(list).index(index++));
        }
    }
}
