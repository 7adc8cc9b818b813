package dev.starling.kube.json;

import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * An immutable JSON object that keeps the order of its fields. Two objects are equal when they hold equal values
 * under the same names, in any order. Small objects are two arrays and a scan; large ones add a hash index. An object
 * may also be text that nobody has looked into yet.
 */
public final class JsonObject implements Json {
    public static final JsonObject EMPTY = new JsonObject(new String[0], new Json[0]);
    private static final int SCAN_LIMIT = 16;

    private final String[] names;
    private final Json[] values;
    private final Map<String, Integer> index;
    private final @Nullable UnreadObject unread; // if present, it has the fields, and this object has none itself

    private JsonObject(String[] names, Json[] values) {
        this(names, values, names.length > SCAN_LIMIT ? indexed(names) : Map.of());
    }

    private JsonObject(String[] names, Json[] values, Map<String, Integer> index) {
        this.names = names;
        this.values = values;
        this.index = index;
        this.unread = null;
    }

    private JsonObject(UnreadObject unread) {
        this.names = EMPTY.names;
        this.values = EMPTY.values;
        this.index = EMPTY.index;
        this.unread = unread;
    }

    /** The object that stands in a text at a place; it is read when somebody looks inside. */
    static JsonObject unread(byte[] text, int from, int to) {
        return new JsonObject(new UnreadObject(text, from, to));
    }

    /** This object with its fields. */
    private JsonObject read() {
        return unread == null ? this : unread.read();
    }

    private static Map<String, Integer> indexed(String[] names) {
        var index = HashMap.<String, Integer>newHashMap(names.length);
        for (int i = 0; i < names.length; i++) {
            index.put(names[i], i);
        }
        return index;
    }

    /** An object from alternating names and plain Java values: {@code JsonObject.of("kind", "Pod", "spec", spec)}. */
    public static JsonObject of(Object... namesAndValues) {
        var builder = builder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            builder.put((String) namesAndValues[i], Json.of(namesAndValues[i + 1]));
        }
        return builder.build();
    }

    static JsonObject from(Map<?, ?> map) {
        var builder = builder();
        map.forEach((name, value) -> builder.put((String) name, Json.of(value)));
        return builder.build();
    }

    /** An object whose values are all strings, such as labels. */
    public static JsonObject strings(Map<String, String> texts) {
        return from(texts);
    }

    public static Builder builder() {
        return new Builder();
    }

    public int size() {
        return read().names.length;
    }

    public boolean isEmpty() {
        return size() == 0;
    }

    public boolean has(String name) {
        return position(name) >= 0;
    }

    public List<String> names() {
        return List.of(read().names);
    }

    public Optional<Json> find(String name) {
        int at = position(name);
        return at < 0 ? Optional.empty() : Optional.of(valueAt(at));
    }

    /** The value at a path of field names, or JSON null where the path ends early. */
    public Json at(String... path) {
        Json here = this;
        for (String name : path) {
            if (!(here instanceof JsonObject object)) {
                return JsonNull.NULL;
            }
            int at = object.position(name);
            if (at < 0) {
                return JsonNull.NULL;
            }
            here = object.valueAt(at);
        }
        return here;
    }

    /** The string at a path, or the empty string. */
    public String text(String... path) {
        return at(path).text();
    }

    /** The object at a path, or the empty object. */
    public JsonObject object(String... path) {
        return at(path).object();
    }

    /** The array at a path, or the empty array. */
    public JsonArray array(String... path) {
        return at(path).array();
    }

    /** True only where the path leads to JSON {@code true}. */
    public boolean flag(String... path) {
        return at(path).flag();
    }

    /** The string fields as a map, in order; fields of other types are left out. */
    public Map<String, String> texts() {
        var texts = new java.util.LinkedHashMap<String, String>();
        forEach((name, value) -> {
            if (value instanceof JsonString(var text)) {
                texts.put(name, text);
            }
        });
        return java.util.Collections.unmodifiableMap(texts);
    }

    public List<Map.Entry<String, Json>> entries() {
        var entries = new ArrayList<Map.Entry<String, Json>>(size());
        forEach((name, value) -> entries.add(new SimpleImmutableEntry<>(name, value)));
        return entries;
    }

    public void forEach(BiConsumer<String, Json> action) {
        var read = read();
        for (int i = 0; i < read.names.length; i++) {
            action.accept(read.names[i], read.values[i]);
        }
    }

    /** A copy with one field set, in its old place or at the end. */
    public JsonObject with(String name, Json value) {
        var read = read();
        var changed = read.changed(name, value);
        return changed == read ? this : changed;
    }

    private JsonObject changed(String name, Json value) {
        int at = position(name);
        if (at >= 0) {
            if (values[at] == value) {
                return this;
            }
            var changed = values.clone();
            changed[at] = value;
            return new JsonObject(names, changed, index);
        }
        var longerNames = Arrays.copyOf(names, names.length + 1);
        var longerValues = Arrays.copyOf(values, values.length + 1);
        longerNames[names.length] = name;
        longerValues[values.length] = value;
        return new JsonObject(longerNames, longerValues);
    }

    /** A copy with the value at a path set; objects are made on the way where they are missing. */
    public JsonObject withAt(Json value, String... path) {
        if (path.length == 1) {
            return with(path[0], value);
        }
        var rest = Arrays.copyOfRange(path, 1, path.length);
        return with(path[0], object(path[0]).withAt(value, rest));
    }

    /** A copy without one field. */
    public JsonObject without(String name) {
        int at = position(name);
        if (at < 0) {
            return this;
        }
        var builder = new Builder();
        forEach((field, value) -> {
            if (!field.equals(name)) {
                builder.put(field, value);
            }
        });
        return builder.build();
    }

    /** A copy without the field at a path; unchanged where the path ends early. */
    public JsonObject withoutAt(String... path) {
        if (path.length == 1) {
            return without(path[0]);
        }
        if (!(at(path[0]) instanceof JsonObject inner)) {
            return this;
        }
        return with(path[0], inner.withoutAt(Arrays.copyOfRange(path, 1, path.length)));
    }

    /** A copy in which every value is replaced; a replacement of JSON null drops nothing. */
    public JsonObject mapped(BiFunction<String, Json, Json> change) {
        var read = read();
        var changed = new Json[read.values.length];
        boolean same = true;
        for (int i = 0; i < changed.length; i++) {
            changed[i] = change.apply(read.names[i], read.values[i]);
            same &= changed[i] == read.values[i];
        }
        return same ? this : new JsonObject(read.names, changed, read.index);
    }

    /** Whether the text is there from which this object can be read. */
    boolean hasText() {
        return unread != null;
    }

    /** For those that have their text. */
    void copyText(CompactText to) {
        Objects.requireNonNull(unread).copy(to);
    }

    String nameAt(int place) {
        return read().names[place];
    }

    Json valueAt(int place) {
        return read().values[place];
    }

    private int position(String name) {
        if (unread != null) {
            return unread.read().position(name);
        }
        if (names.length > SCAN_LIMIT) {
            var at = index.get(name);
            return at == null ? -1 : at;
        }
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        return other instanceof JsonObject that && read().holdsAll(that.read());
    }

    private boolean holdsAll(JsonObject that) {
        if (that.names.length != names.length) {
            return false;
        }
        for (int i = 0; i < names.length; i++) {
            int at = that.position(names[i]);
            if (at < 0 || !values[i].equals(that.values[at])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 0;
        var read = read();
        for (int i = 0; i < read.names.length; i++) {
            hash += read.names[i].hashCode() ^ read.values[i].hashCode();
        }
        return hash;
    }

    @Override
    public String toString() {
        return JsonWriter.text(this);
    }

    /** Collects fields in order; a name put twice keeps its first place and its last value. Not thread-safe. */
    public static final class Builder {
        private final List<String> names = new ArrayList<>();
        private final List<Json> values = new ArrayList<>();
        private Map<String, Integer> places = Map.of(); // of large objects alone

        private Builder() {
        }

        public boolean has(String name) {
            return place(name) >= 0;
        }

        public Builder put(String name, Json value) {
            int at = place(name);
            if (at >= 0) {
                values.set(at, value);
                return this;
            }
            if (names.size() == SCAN_LIMIT) {
                places = new HashMap<>();
                for (int i = 0; i < names.size(); i++) {
                    places.put(names.get(i), i);
                }
            }
            if (names.size() >= SCAN_LIMIT) {
                places.put(name, names.size());
            }
            names.add(name);
            values.add(value);
            return this;
        }

        /** Puts the JSON form of a plain Java value. */
        public Builder put(String name, Object value) {
            return put(name, Json.of(value));
        }

        /** Puts a string unless it is empty, as Go's {@code omitempty} does. */
        public Builder putText(String name, String value) {
            return value.isEmpty() ? this : put(name, new JsonString(value));
        }

        public Builder putAll(JsonObject other) {
            other.forEach((name, value) -> put(name, value));
            return this;
        }

        public JsonObject build() {
            return names.isEmpty() ? EMPTY
                    : new JsonObject(names.toArray(String[]::new), values.toArray(Json[]::new));
        }

        private int place(String name) {
            return names.size() > SCAN_LIMIT ? places.getOrDefault(name, -1) : names.indexOf(name);
        }
    }
}
