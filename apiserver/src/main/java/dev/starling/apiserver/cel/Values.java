package dev.starling.apiserver.cel;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.Times;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Between JSON and the values of the library. Trees are looked through, never copied. Pure functions. */
final class Values {
    private Values() {
    }

    static Object of(ValueType type, Json value) {
        return switch (type.form()) {
            case OBJECT -> value instanceof JsonObject object ? new ObjectView(type, object) : loose(value);
            case MAP -> value instanceof JsonObject object
                    ? new MapView(type.element().orElse(ValueType.DYN), object) : loose(value);
            case LIST -> value instanceof JsonArray array
                    ? new ListView(type.element().orElse(ValueType.DYN), array) : loose(value);
            case DOUBLE -> value instanceof JsonLong(var number) ? Double.valueOf(number) : loose(value);
            case INT -> value instanceof JsonDouble(var number) ? Long.valueOf((long) number) : loose(value);
            case TIMESTAMP -> value instanceof JsonString(var text) ? time(text) : loose(value);
            case DURATION -> value instanceof JsonString(var text) ? Durations.parse(text) : loose(value);
            case BYTES -> value instanceof JsonString(var text) ? bytes(text) : loose(value);
            case OPTIONAL -> value.isNull() ? Optional.empty()
                    : Optional.of(of(type.element().orElse(ValueType.DYN), value));
            case DYN, BOOL, STRING, AUTHORIZER, RESOURCE_CHECK -> loose(value);
        };
    }

    /** As it stands in JSON. */
    private static Object loose(Json value) {
        return switch (value) {
            case JsonObject object -> new MapView(ValueType.DYN, object);
            case JsonArray array -> new ListView(ValueType.DYN, array);
            case JsonString(var text) -> text;
            case JsonLong(var number) -> number;
            case JsonDouble(var number) -> number;
            case JsonBoolean flag -> flag.flag();
            case JsonNull none -> NullValue.NULL_VALUE;
        };
    }

    private static Object time(String text) {
        Optional<Instant> time = Times.parse(text);
        if (time.isPresent()) {
            return time.get();
        }
        try {
            return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeParseException e) {
            throw new EvaluationException("not a time: " + text, false);
        }
    }

    private static Object bytes(String text) {
        try {
            return CelByteString.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw new EvaluationException("not base64: " + text, false);
        }
    }

    /** A result as JSON. */
    static Json json(Object value) {
        return switch (value) {
            case ObjectView view -> view.object;
            case MapView view -> view.object;
            case ListView view -> view.array;
            case String text -> new JsonString(text);
            case Boolean flag -> JsonBoolean.of(flag);
            case Long number -> new JsonLong(number);
            case UnsignedLong number -> new JsonLong(number.longValue());
            case Double number -> new JsonDouble(number);
            case Instant time -> new JsonString(time.toString());
            case Duration duration -> new JsonString(Durations.text(duration));
            case CelByteString bytes -> new JsonString(Base64.getEncoder().encodeToString(bytes.toByteArray()));
            case List<?> list -> JsonArray.of(list.stream().map(Values::json).toList());
            case Map<?, ?> map -> object(map);
            case Optional<?> optional -> optional.map(Values::json).orElse(JsonNull.NULL);
            case NullValue none -> JsonNull.NULL;
            default -> new JsonString(value.toString());
        };
    }

    static String typeName(Object value) {
        return switch (value) {
            case String text -> "string";
            case Boolean flag -> "bool";
            case Long number -> "int";
            case UnsignedLong number -> "uint";
            case Double number -> "double";
            case Instant time -> "google.protobuf.Timestamp";
            case Duration duration -> "google.protobuf.Duration";
            case CelByteString bytes -> "bytes";
            case List<?> list -> "list";
            case Map<?, ?> map -> "map";
            case Optional<?> optional -> "optional_type";
            case NullValue none -> "null_type";
            default -> value.getClass().getSimpleName();
        };
    }

    private static JsonObject object(Map<?, ?> map) {
        var object = JsonObject.builder();
        map.forEach((name, value) -> object.put(String.valueOf(name), json(value)));
        return object.build();
    }

    /** How much there is to walk through. */
    static long size(Object value) {
        return switch (value) {
            case String text -> text.length();
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case CelByteString bytes -> bytes.size();
            default -> 1;
        };
    }

    /** An object of which the schema's fields are seen. A null is as good as no field. */
    private static final class ObjectView extends AbstractMap<String, Object> {
        private final ValueType type;
        private final JsonObject object;

        ObjectView(ValueType type, JsonObject object) {
            this.type = type;
            this.object = object;
        }

        private Json found(Object key) {
            var field = key instanceof String name ? type.fields().get(name) : null;
            return field == null ? JsonNull.NULL : object.at(field.jsonName());
        }

        @Override
        public boolean containsKey(Object key) {
            return !found(key).isNull();
        }

        @Override
        public @org.jspecify.annotations.Nullable Object get(Object key) {
            Json value = found(key);
            var field = type.fields().get(key);
            return value.isNull() || field == null ? null : of(field.type(), value);
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            Set<Entry<String, Object>> entries = new LinkedHashSet<>();
            type.fields().forEach((name, field) -> {
                Json value = object.at(field.jsonName());
                if (!value.isNull()) {
                    entries.add(new SimpleImmutableEntry<>(name, of(field.type(), value)));
                }
            });
            return entries;
        }
    }

    /** A map by its keys as they are. */
    private static final class MapView extends AbstractMap<String, Object> {
        private final ValueType element;
        private final JsonObject object;

        MapView(ValueType element, JsonObject object) {
            this.element = element;
            this.object = object;
        }

        @Override
        public boolean containsKey(Object key) {
            return key instanceof String name && object.has(name);
        }

        @Override
        public @org.jspecify.annotations.Nullable Object get(Object key) {
            return containsKey(key) ? of(element, object.at((String) key)) : null;
        }

        @Override
        public int size() {
            return object.size();
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            Map<String, Object> entries = new LinkedHashMap<>();
            object.forEach((name, value) -> entries.put(name, of(element, value)));
            return entries.entrySet();
        }
    }

    /** A list whose elements are made when they are looked at. */
    private static final class ListView extends AbstractList<Object> {
        private final ValueType element;
        private final JsonArray array;

        ListView(ValueType element, JsonArray array) {
            this.element = element;
            this.array = array;
        }

        @Override
        public Object get(int index) {
            return of(element, array.values().get(index));
        }

        @Override
        public int size() {
            return array.size();
        }
    }
}
