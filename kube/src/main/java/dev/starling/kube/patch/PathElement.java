package dev.starling.kube.patch;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.json.JsonWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** One step of a path as sets of fields write it. Pure functions. */
final class PathElement {
    private static final String FIELD = "f:";
    private static final String KEYS = "k:";
    private static final String VALUE = "v:";
    private static final String INDEX = "i:";

    private PathElement() {
    }

    static String field(String name) {
        return FIELD + name;
    }

    static boolean isField(String element) {
        return element.startsWith(FIELD);
    }

    static String fieldName(String element) {
        return element.substring(FIELD.length());
    }

    /** What is wrong with an element of a list whose elements are told apart; empty if nothing is. */
    static String misfit(Json value, Typing list) {
        if (list.keys().isEmpty()) {
            if (value instanceof JsonObject) {
                return "associative list without keys has an element that's a map type";
            }
            return value.isNull() ? "associative list without keys has an element that's an explicit null" : "";
        }
        if (value.isNull()) {
            return "associative list with keys may not have a null element";
        }
        if (!(value instanceof JsonObject object)) {
            return "associative list with keys may not have non-map elements";
        }
        return keysOf(object, list).isEmpty() ? "associative list with keys has an element that omits all key fields ["
                + String.join(" ", list.keys().stream().map(key -> "\"" + key + "\"").toList())
                + "] (and doesn't have default values for any key fields)" : "";
    }

    /** How an element of a list is found: by its keys, defaults filled in, or by its value. */
    static String of(Json value, Typing list) {
        return list.keys().isEmpty() ? VALUE + text(value)
                : KEYS + text(keysOf(value.object(), list));
    }

    private static JsonObject keysOf(JsonObject object, Typing list) {
        var builder = JsonObject.builder();
        for (String key : sorted(list.keys())) {
            var value = object.has(key) ? object.at(key) : list.element().defaultOf(key);
            if (!value.isNull()) {
                builder.put(key, value);
            }
        }
        return builder.build();
    }

    private static List<String> sorted(List<String> keys) {
        if (keys.size() < 2) {
            return keys;
        }
        var sorted = new ArrayList<>(keys);
        Collections.sort(sorted);
        return sorted;
    }

    /** Plain names, by far the most, need no writer. */
    private static String text(Json value) {
        if (value instanceof JsonString(var text) && isPlain(text)) {
            return '"' + text + '"';
        }
        if (value instanceof JsonObject object && object.size() == 1
                && object.at(object.names().getFirst()) instanceof JsonString(var text) && isPlain(text)) {
            return "{\"" + object.names().getFirst() + "\":\"" + text + "\"}";
        }
        return JsonWriter.text(value);
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    /** @throws IllegalArgumentException if it is no element of a path */
    static String canonical(String element) {
        if (element.startsWith(FIELD)) {
            return element;
        }
        if (element.startsWith(INDEX)) {
            return INDEX + Integer.parseInt(element.substring(INDEX.length()));
        }
        boolean keys = element.startsWith(KEYS);
        if (!keys && !element.startsWith(VALUE)) {
            throw new IllegalArgumentException("unknown path element type");
        }
        var value = read(element);
        if (!keys) {
            return VALUE + text(value);
        }
        if (!(value instanceof JsonObject object)) {
            throw new IllegalArgumentException("not the keys of a list: " + element);
        }
        var builder = JsonObject.builder();
        sorted(object.names()).forEach(name -> builder.put(name, object.at(name)));
        return KEYS + text(builder.build());
    }

    private static Json read(String element) {
        try {
            return JsonReader.read(element.substring(VALUE.length()));
        } catch (JsonException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** As messages show it. */
    static String shown(String element) {
        String rest = element.substring(FIELD.length());
        if (element.startsWith(FIELD)) {
            return "." + rest;
        }
        if (element.startsWith(VALUE)) {
            return "[=" + rest + "]";
        }
        if (element.startsWith(INDEX)) {
            return "[" + rest + "]";
        }
        var keys = new ArrayList<String>();
        read(element).object().forEach((name, value) -> keys.add(name + "=" + value));
        return "[" + String.join(",", keys) + "]";
    }
}
