package dev.starling.cli.cluster;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a part of a file may look like. A null counts as left out, as Go's decoder has it. */
sealed interface Shape {
    Shape ANY = new Any();
    Shape TEXT = new Text();
    Shape WHOLE = new Whole();
    Shape TEXTS = new Texts();

    /** Anything: kept as it stands. */
    record Any() implements Shape {
    }

    record Text() implements Shape {
    }

    /** A whole number. */
    record Whole() implements Shape {
    }

    /** A map of strings to strings, such as labels. */
    record Texts() implements Shape {
    }

    record ListOf(Shape element) implements Shape {
    }

    /** A map with known keys; any other key is a fault. */
    record Fields(Map<String, Shape> known, Set<String> required) implements Shape {
        public Fields {
            known = Map.copyOf(known);
            required = Set.copyOf(required);
        }
    }

    /** Adds what is wrong with a value that should have this shape. */
    default void check(Json value, List<Object> path, List<Fault> faults) {
        if (value.isNull()) {
            return;
        }
        switch (this) {
            case Any any -> { }
            case Text text -> expect(value instanceof JsonString, path, "must be a string: put it in quotes", faults);
            case Whole whole -> expect(value instanceof JsonLong, path, "must be a whole number", faults);
            case Texts texts -> checkTexts(value, path, faults);
            case ListOf(var element) -> checkList(element, value, path, faults);
            case Fields fields -> checkFields(fields, value, path, faults);
        }
    }

    private static boolean expect(boolean holds, List<Object> path, String message, List<Fault> faults) {
        if (!holds) {
            faults.add(new Fault(path, message));
        }
        return holds;
    }

    private static void checkTexts(Json value, List<Object> path, List<Fault> faults) {
        if (expect(value instanceof JsonObject, path, "must be a map of strings", faults)) {
            value.object().forEach((name, entry) -> TEXT.check(entry, below(path, name), faults));
        }
    }

    private static void checkList(Shape element, Json value, List<Object> path, List<Fault> faults) {
        if (!expect(value instanceof JsonArray, path, "must be a list", faults)) {
            return;
        }
        for (int i = 0; i < value.array().size(); i++) {
            element.check(value.array().at(i), below(path, i), faults);
        }
    }

    private static void checkFields(Fields fields, Json value, List<Object> path, List<Fault> faults) {
        if (!expect(value instanceof JsonObject, path, "must be a map", faults)) {
            return;
        }
        var object = value.object();
        for (var field : object.entries()) {
            var shape = fields.known().get(field.getKey());
            if (shape == null) {
                faults.add(new Fault(below(path, field.getKey()), "unknown key" + nearest(field.getKey(), fields)));
            } else {
                shape.check(field.getValue(), below(path, field.getKey()), faults);
            }
        }
        fields.required().stream().sorted().filter(name -> object.at(name).isNull())
                .forEach(name -> faults.add(new Fault(below(path, name), "is required")));
    }

    private static String nearest(String key, Fields fields) {
        return nearest(key, fields.known().keySet()).map(name -> "; did you mean " + name + "?").orElse("");
    }

    /** The name that was probably meant: one that is at most two letters away. */
    static Optional<String> nearest(String word, Set<String> names) {
        return names.stream().sorted().filter(name -> distance(word, name) <= 2)
                .min(java.util.Comparator.comparingInt(name -> distance(word, name)));
    }

    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = corner + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                corner = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    private static List<Object> below(List<Object> path, Object step) {
        var longer = new ArrayList<>(path);
        longer.add(step);
        return longer;
    }
}
