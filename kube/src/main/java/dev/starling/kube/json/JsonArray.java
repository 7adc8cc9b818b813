package dev.starling.kube.json;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** An immutable JSON array. */
public record JsonArray(List<Json> values) implements Json, Iterable<Json> {
    public static final JsonArray EMPTY = new JsonArray(List.of());

    public JsonArray {
        values = List.copyOf(values);
    }

    public static JsonArray of(List<? extends Json> values) {
        return values.isEmpty() ? EMPTY : new JsonArray(List.copyOf(values));
    }

    /** An array of the JSON forms of plain Java values. */
    public static JsonArray of(Object... values) {
        return of(Stream.of(values).map(Json::of).toList());
    }

    public static JsonArray strings(Iterable<String> texts) {
        var values = new ArrayList<Json>();
        texts.forEach(text -> values.add(new JsonString(text)));
        return of(values);
    }

    public int size() {
        return values.size();
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** The element at an index, or JSON null beyond the end. */
    public Json at(int index) {
        return index >= 0 && index < values.size() ? values.get(index) : JsonNull.NULL;
    }

    public Stream<Json> stream() {
        return values.stream();
    }

    /** The elements as objects; an element of another type reads as the empty object. */
    public List<JsonObject> objects() {
        var objects = new JsonObject[values.size()];
        for (int i = 0; i < objects.length; i++) {
            objects[i] = values.get(i).object();
        }
        return List.of(objects);
    }

    /** The elements as strings; an element of another type reads as the empty string. */
    public List<String> texts() {
        return values.stream().map(Json::text).toList();
    }

    public JsonArray plus(Json value) {
        var longer = new ArrayList<>(values);
        longer.add(value);
        return new JsonArray(longer);
    }

    @Override
    public Iterator<Json> iterator() {
        return values.iterator();
    }

    @Override
    public String toString() {
        return JsonWriter.text(this);
    }
}
