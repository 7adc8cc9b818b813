package dev.starling.kube.json;

import java.util.List;
import java.util.Map;

/**
 * One immutable JSON value. Numbers are split as Go's decoder splits them: whole numbers that fit 64 bits are
 * {@link JsonLong}, every other number is {@link JsonDouble}.
 */
public sealed interface Json
        permits JsonObject, JsonArray, JsonString, JsonLong, JsonDouble, JsonBoolean, JsonNull {

    /** The JSON value of plain Java values: String, Boolean, Integer, Long, Double, List, Map, Json. */
    static Json of(Object value) {
        return switch (value) {
            case Json json -> json;
            case String text -> new JsonString(text);
            case Boolean flag -> JsonBoolean.of(flag);
            case Integer number -> new JsonLong(number);
            case Long number -> new JsonLong(number);
            case Double number -> new JsonDouble(number);
            case List<?> list -> JsonArray.of(list.stream().map(Json::of).toList());
            case Map<?, ?> map -> JsonObject.from(map);
            default -> throw new IllegalArgumentException("no JSON form: " + value.getClass());
        };
    }

    /** True for JSON {@code null}, which also stands for "absent" in every reading method. */
    default boolean isNull() {
        return this == JsonNull.NULL;
    }

    /** The text of a string; any other value gives the empty string. */
    default String text() {
        return this instanceof JsonString(var value) ? value : "";
    }

    /** The value of a whole number (a fraction is cut); any other value gives {@code otherwise}. */
    default long number(long otherwise) {
        return switch (this) {
            case JsonLong(var value) -> value;
            case JsonDouble(var value) -> (long) value;
            case JsonObject o -> otherwise;
            case JsonArray a -> otherwise;
            case JsonString s -> otherwise;
            case JsonBoolean b -> otherwise;
            case JsonNull n -> otherwise;
        };
    }

    /** True only for JSON {@code true}. */
    default boolean flag() {
        return this == JsonBoolean.TRUE;
    }

    /** This value as an object; any other value gives the empty object. */
    default JsonObject object() {
        return this instanceof JsonObject object ? object : JsonObject.EMPTY;
    }

    /** This value as an array; any other value gives the empty array. */
    default JsonArray array() {
        return this instanceof JsonArray array ? array : JsonArray.EMPTY;
    }
}
