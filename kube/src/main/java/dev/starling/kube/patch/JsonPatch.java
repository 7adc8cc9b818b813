package dev.starling.kube.patch;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** RFC 6902: a list of operations, all or nothing. What they copy and what they go through is bounded. */
public final class JsonPatch {
    /** How many characters and values all copies together may add; upstream bounds the bytes of a request so. */
    private static final long MOST_COPIED = 3 << 20;
    /** How many fields and elements may stand beside those that are changed: each change copies them. */
    private static final long MOST_TOUCHED = 100_000_000;
    private static final int OWNERS_DEPTH = 10;

    private long copied;
    private long touched;

    private JsonPatch() {
    }

    /** A parsed JSON pointer (RFC 6901) beside its text. */
    private record Pointer(String text, List<String> steps) {

        static Pointer parse(Json json, String field) {
            if (!(json instanceof JsonString(String text))) {
                throw PatchException.malformed("operation missing " + field + " field");
            }
            if (!text.isEmpty() && !text.startsWith("/")) {
                throw PatchException.malformed("invalid JSON pointer: \"" + text + "\"");
            }
            var steps = new ArrayList<String>();
            if (text.chars().filter(c -> c == '/').limit(JsonReader.MAX_REQUEST_DEPTH + 1L).count()
                    > JsonReader.MAX_REQUEST_DEPTH) {
                throw PatchException.malformed("a JSON pointer has too many steps");
            }
            for (String step : text.isEmpty() ? new String[0] : text.substring(1).split("/", -1)) {
                steps.add(step.replace("~1", "/").replace("~0", "~"));
            }
            return new Pointer(text, List.copyOf(steps));
        }

        boolean isRoot() {
            return steps.isEmpty();
        }
    }

    /** What happens at the end of a path, inside the object or array that holds it. */
    private interface Edit {
        Json in(JsonObject parent, String name);

        Json in(JsonArray parent, String index);
    }

    /** @throws PatchException if an operation is malformed or does not apply */
    public static Json apply(Json target, JsonArray operations) {
        var patch = new JsonPatch();
        var result = target;
        for (var operation : operations) {
            result = patch.one(result, operation);
        }
        if (!fits(result)) {
            throw PatchException.unfit("the result is nested too deep");
        }
        return result;
    }

    /** The owners of an object's fields, which the server wrote, nest a little deeper than the fields. */
    private static boolean fits(Json result) {
        return result instanceof JsonObject object
                ? shallow(object.withoutAt("metadata", "managedFields"), JsonReader.MAX_REQUEST_DEPTH)
                        && shallow(object.at("metadata", "managedFields"), JsonReader.MAX_REQUEST_DEPTH + OWNERS_DEPTH)
                : shallow(result, JsonReader.MAX_REQUEST_DEPTH);
    }

    private Json one(Json target, Json operation) {
        if (!(operation instanceof JsonObject fields)) {
            throw PatchException.malformed("json: cannot unmarshal an operation that is not an object");
        }
        var path = Pointer.parse(fields.at("path"), "path");
        return switch (fields.text("op")) {
            case "add" -> add(target, path, value(fields));
            case "remove" -> remove(target, path, "remove");
            case "replace" -> replace(target, path, value(fields));
            case "move" -> move(target, from(fields), path);
            case "copy" -> add(target, path, counted(source(target, from(fields), "copy")));
            case "test" -> test(target, path, fields.at("value"));
            default -> throw PatchException.unfit("Unexpected kind: " + fields.text("op"));
        };
    }

    private static Json value(JsonObject fields) {
        return fields.find("value").orElseThrow(() -> PatchException.malformed("operation missing value field"));
    }

    /** A copy shares what it copies, but is written in full later. */
    private Json counted(Json value) {
        checkDepth(value);
        count(value);
        return value;
    }

    private void count(Json value) {
        copied += value instanceof JsonString(var text) ? text.length() + 1 : 1;
        if (copied > MOST_COPIED) {
            throw PatchException.unfit("Unable to complete the copy, the accumulated size increase of copy is "
                    + copied + ", exceeding the limit " + MOST_COPIED);
        }
        if (value instanceof JsonObject object) {
            object.forEach((name, field) -> {
                copied += name.length();
                count(field);
            });
        } else if (value instanceof JsonArray array) {
            array.forEach(this::count);
        }
    }

    /** What is put somewhere deep is not deep itself, so that no chain of operations makes what cannot be walked. */
    private static void checkDepth(Json value) {
        if (!shallow(value, JsonReader.MAX_REQUEST_DEPTH)) {
            throw PatchException.unfit("what is copied or moved is nested too deep");
        }
    }

    private static boolean shallow(Json value, int left) {
        return switch (value) {
            case JsonObject object -> left > 0
                    && object.entries().stream().allMatch(field -> shallow(field.getValue(), left - 1));
            case JsonArray array -> left > 0 && array.stream().allMatch(element -> shallow(element, left - 1));
            case Json scalar -> true;
        };
    }

    private void touch(int size) {
        touched += size;
        if (touched > MOST_TOUCHED) {
            throw PatchException.unfit("the operations change too large objects and lists too often");
        }
    }

    private static Pointer from(JsonObject fields) {
        return Pointer.parse(fields.at("from"), "from");
    }

    private Json add(Json target, Pointer path, Json value) {
        return path.isRoot() ? value : edited(target, path, 0, "add", new Edit() {
            @Override
            public Json in(JsonObject parent, String name) {
                return parent.with(name, value);
            }

            @Override
            public Json in(JsonArray parent, String index) {
                var values = new ArrayList<>(parent.values());
                values.add(index.equals("-") ? values.size() : index(index, values.size()), value);
                return JsonArray.of(values);
            }
        });
    }

    private Json remove(Json target, Pointer path, String operation) {
        return path.isRoot() ? JsonObject.EMPTY : edited(target, path, 0, operation, new Edit() {
            @Override
            public Json in(JsonObject parent, String name) {
                if (!parent.has(name)) {
                    throw PatchException.unfit(operation + " operation does not apply: doc is missing path: \""
                            + path.text() + "\": missing value");
                }
                return parent.without(name);
            }

            @Override
            public Json in(JsonArray parent, String index) {
                var values = new ArrayList<>(parent.values());
                values.remove(index(index, values.size() - 1));
                return JsonArray.of(values);
            }
        });
    }

    private Json replace(Json target, Pointer path, Json value) {
        return path.isRoot() ? value : edited(target, path, 0, "replace", new Edit() {
            @Override
            public Json in(JsonObject parent, String name) {
                if (!parent.has(name)) {
                    throw PatchException.unfit("replace operation does not apply: doc is missing key: " + path.text()
                            + ": missing value");
                }
                return parent.with(name, value);
            }

            @Override
            public Json in(JsonArray parent, String index) {
                var values = new ArrayList<>(parent.values());
                values.set(index(index, values.size() - 1), value);
                return JsonArray.of(values);
            }
        });
    }

    private Json move(Json target, Pointer from, Pointer to) {
        if (to.text().startsWith(from.text() + "/")) {
            throw PatchException.malformed("move operation does not apply: " + from.text() + " contains " + to.text());
        }
        var moved = source(target, from, "move");
        checkDepth(moved);
        return add(remove(target, from, "move"), to, moved);
    }

    private static Json source(Json target, Pointer from, String operation) {
        return find(target, from).orElseThrow(() -> PatchException.unfit(operation
                + " operation does not apply: doc is missing from path: " + from.text() + ": missing value"));
    }

    /** An absent value tests equal to null. */
    private static Json test(Json target, Pointer path, Json value) {
        var found = find(target, path);
        boolean same = found.map(value::equals).orElse(value.isNull());
        if (!same) {
            throw PatchException.failedTest("testing value " + path.text() + " failed: test failed");
        }
        return target;
    }

    private static Optional<Json> find(Json target, Pointer path) {
        var here = Optional.of(target);
        for (String step : path.steps()) {
            here = here.flatMap(json -> child(json, step));
        }
        return here;
    }

    private static Optional<Json> child(Json json, String step) {
        if (json instanceof JsonObject object) {
            return object.find(step);
        }
        return json instanceof JsonArray array && isIndex(step) && index(step, Integer.MAX_VALUE) < array.size()
                ? Optional.of(array.at(index(step, Integer.MAX_VALUE))) : Optional.empty();
    }

    private Json edited(Json here, Pointer path, int depth, String operation, Edit edit) {
        String step = path.steps().get(depth);
        boolean end = depth == path.steps().size() - 1;
        touch(here instanceof JsonObject object ? object.size() : here.array().size());
        if (here instanceof JsonObject object) {
            return end ? edit.in(object, step) : object.with(step,
                    edited(object.find(step).orElseThrow(() -> missing(path, operation)), path, depth + 1, operation,
                            edit));
        }
        if (!(here instanceof JsonArray array)) {
            throw missing(path, operation);
        }
        if (end) {
            return edit.in(array, step);
        }
        int at = index(step, array.size() - 1);
        var values = new ArrayList<>(array.values());
        values.set(at, edited(array.at(at), path, depth + 1, operation, edit));
        return JsonArray.of(values);
    }

    private static PatchException missing(Pointer path, String operation) {
        return PatchException.unfit(operation + " operation does not apply: doc is missing path: \"" + path.text()
                + "\": missing value");
    }

    private static boolean isIndex(String text) {
        return text.length() < 10 && !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && (text.length() == 1 || text.charAt(0) != '0');
    }

    private static int index(String text, int last) {
        int index = isIndex(text) ? Integer.parseInt(text) : -1;
        if (index < 0 || index > last) {
            throw PatchException.unfit("Unable to access invalid index: " + text + ": invalid index referenced");
        }
        return index;
    }
}
