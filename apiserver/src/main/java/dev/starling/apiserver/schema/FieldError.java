package dev.starling.apiserver.schema;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonString;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One thing that is wrong with one field, worded as upstream's {@code apimachinery/pkg/util/validation/field} does.
 * A {@code badValue} of JSON null is not shown.
 */
public record FieldError(Kind kind, String path, Json badValue, String detail) {

    /** The kind of error; {@code reason} is the cause in a {@code Status}, {@code text} its wording. */
    public enum Kind {
        NOT_FOUND("FieldValueNotFound", "Not found", true),
        REQUIRED("FieldValueRequired", "Required value", false),
        DUPLICATE("FieldValueDuplicate", "Duplicate value", true),
        INVALID("FieldValueInvalid", "Invalid value", true),
        TYPE_INVALID("FieldValueTypeInvalid", "Invalid value", true),
        NOT_SUPPORTED("FieldValueNotSupported", "Unsupported value", true),
        FORBIDDEN("FieldValueForbidden", "Forbidden", false),
        TOO_LONG("FieldValueTooLong", "Too long", false),
        TOO_SHORT("FieldValueTooShort", "Too short", false),
        TOO_MANY("FieldValueTooMany", "Too many", true),
        TOO_FEW("FieldValueTooFew", "Too few", true);

        private final String reason;
        private final String text;
        private final boolean showsValue;

        Kind(String reason, String text, boolean showsValue) {
            this.reason = reason;
            this.text = text;
            this.showsValue = showsValue;
        }

        public String reason() {
            return reason;
        }

        public String text() {
            return text;
        }
    }

    public static FieldError required(FieldPath path, String detail) {
        return new FieldError(Kind.REQUIRED, path.toString(), JsonNull.NULL, detail);
    }

    public static FieldError invalid(FieldPath path, Json value, String detail) {
        return new FieldError(Kind.INVALID, path.toString(), value, detail);
    }

    public static FieldError invalid(FieldPath path, String value, String detail) {
        return invalid(path, new JsonString(value), detail);
    }

    public static FieldError forbidden(FieldPath path, String detail) {
        return new FieldError(Kind.FORBIDDEN, path.toString(), JsonNull.NULL, detail);
    }

    public static FieldError duplicate(FieldPath path, Json value) {
        return new FieldError(Kind.DUPLICATE, path.toString(), value, "");
    }

    public static FieldError notFound(FieldPath path, Json value) {
        return new FieldError(Kind.NOT_FOUND, path.toString(), value, "");
    }

    public static FieldError notSupported(FieldPath path, Json value, List<String> supported) {
        String detail = supported.isEmpty() ? "" : supported.stream().map(FieldError::quoted)
                .collect(Collectors.joining(", ", "supported values: ", ""));
        return new FieldError(Kind.NOT_SUPPORTED, path.toString(), value, detail);
    }

    /** The limit counts bytes. */
    public static FieldError tooLong(FieldPath path, int most) {
        return new FieldError(Kind.TOO_LONG, path.toString(), JsonNull.NULL,
                "may not be more than " + most + (most == 1 ? " byte" : " bytes"));
    }

    public static FieldError tooMany(FieldPath path, int actual, int most) {
        return new FieldError(Kind.TOO_MANY, path.toString(), Json.of(actual),
                "must have at most " + most + (most == 1 ? " item" : " items"));
    }

    public static FieldError tooFew(FieldPath path, int actual, int least) {
        return new FieldError(Kind.TOO_FEW, path.toString(), Json.of(actual),
                "must have at least " + least + (least == 1 ? " item" : " items"));
    }

    /** The message without the field: {@code Invalid value: -1: must be greater than or equal to 0}. */
    public String message() {
        String shown = kind.showsValue && !badValue.isNull() ? ": " + value() : "";
        return kind.text + shown + (detail.isEmpty() ? "" : ": " + detail);
    }

    private String value() {
        return badValue instanceof JsonString(var text) ? quoted(text) : badValue.toString();
    }

    /** A text as Go's {@code %q} writes it. */
    static String quoted(String text) {
        return new JsonString(text).toString();
    }

    public ApiException.Cause cause() {
        return new ApiException.Cause(kind.reason, message(), path);
    }

    /** {@code spec.replicas: Invalid value: -1: must be greater than or equal to 0}. */
    @Override
    public String toString() {
        return path + ": " + message();
    }
}
