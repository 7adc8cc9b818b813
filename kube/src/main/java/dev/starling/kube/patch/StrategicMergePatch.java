package dev.starling.kube.patch;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Kubernetes' own merge patch: as a merge patch, but lists whose schema names a strategy merge element by element, and
 * directives ({@code $patch}, {@code $retainKeys}, {@code $setElementOrder/…}, {@code $deleteFromPrimitiveList/…}) say
 * what a merge patch cannot (source: apimachinery's {@code strategicpatch}).
 */
public final class StrategicMergePatch {
    private static final String DIRECTIVE = "$patch";
    private static final String RETAIN = "$retainKeys";
    private static final String ORDER = "$setElementOrder/";
    private static final String DELETE = "$deleteFromPrimitiveList/";

    private StrategicMergePatch() {
    }

    /** @throws PatchException if the patch is malformed */
    public static JsonObject apply(JsonObject original, JsonObject patch, MergeKeys keys) {
        switch (patch.text(DIRECTIVE)) {
            case "", "merge" -> {
            }
            case "replace" -> {
                return apply(JsonObject.EMPTY, patch.without(DIRECTIVE), keys);
            }
            case "delete" -> {
                return JsonObject.EMPTY;
            }
            default -> throw unknownDirective(patch);
        }
        var kept = patch.has(RETAIN) ? retained(original, patch) : original;
        return directed(original, merged(kept, patch, keys), patch, keys);
    }

    /** The fields of a patch over those of an object, which keep their places. */
    private static JsonObject merged(JsonObject object, JsonObject patch, MergeKeys keys) {
        var result = JsonObject.builder();
        object.forEach((name, value) -> {
            if (patch.has(name) && !name.startsWith("$")) {
                merged(Optional.of(value), patch.at(name), keys.field(name)).ifPresent(made -> result.put(name, made));
            } else {
                result.put(name, value);
            }
        });
        patch.forEach((name, change) -> {
            if (!object.has(name) && !name.startsWith("$")) {
                merged(Optional.empty(), change, keys.field(name)).ifPresent(made -> result.put(name, made));
            }
        });
        return result.build();
    }

    private static PatchException unknownDirective(JsonObject patch) {
        return PatchException.malformed("unknown patch type found: " + patch.at(DIRECTIVE));
    }

    /** Drops the fields that the patch does not name to retain. */
    private static JsonObject retained(JsonObject original, JsonObject patch) {
        if (!(patch.at(RETAIN) instanceof JsonArray list)) {
            throw PatchException.malformed("invalid patch format of retainKeys");
        }
        var names = Set.copyOf(list.texts());
        for (var field : patch.entries()) {
            if (!field.getKey().startsWith("$") && !field.getValue().isNull() && !names.contains(field.getKey())) {
                throw PatchException.malformed("invalid patch format of retainKeys: " + field.getKey()
                        + " is changed but not retained");
            }
        }
        var result = JsonObject.builder();
        original.forEach((name, value) -> {
            if (names.contains(name)) {
                result.put(name, value);
            }
        });
        return result.build();
    }

    /** What becomes of one field; nothing if it goes. */
    private static Optional<Json> merged(Optional<Json> before, Json change, MergeKeys keys) {
        if (change.isNull()) {
            return Optional.empty();
        }
        if (change instanceof JsonObject object) {
            boolean replaces = keys.strategy() == MergeKeys.Strategy.REPLACE;
            boolean deletes = object.text(DIRECTIVE).equals("delete") && before.isEmpty();
            var base = replaces ? JsonObject.EMPTY : before.map(Json::object).orElse(JsonObject.EMPTY);
            return Optional.<Json>of(apply(base, object, keys)).filter(made -> !deletes);
        }
        if (change instanceof JsonArray list && keys.strategy() == MergeKeys.Strategy.MERGE) {
            return Optional.of(mergedList(before.map(Json::array).orElse(JsonArray.EMPTY), list, keys));
        }
        return Optional.of(change);
    }

    private static JsonArray mergedList(JsonArray original, JsonArray patch, MergeKeys keys) {
        if (keys.mergeKey().isPresent()) {
            return mergedObjects(original, patch, new Keyed(keys.mergeKey().get(), keys.element()));
        }
        var values = new ArrayList<>(original.values());
        var present = new HashSet<Object>();
        values.forEach(value -> present.add(KeyedElements.comparable(value)));
        patch.stream().filter(value -> present.add(KeyedElements.comparable(value))).forEach(values::add);
        return ordered(values, patch.values(), original, Optional.empty());
    }

    /** Elements of a list of objects, told apart by a field. */
    private record Keyed(String key, MergeKeys element) {

        Json identity(Json value) {
            if (value instanceof JsonObject object && !object.at(key).isNull()) {
                return object.at(key);
            }
            throw PatchException.malformed("map: " + value + " does not contain declared merge key: " + key);
        }
    }

    private static JsonArray mergedObjects(JsonArray original, JsonArray patch, Keyed keyed) {
        boolean replaces = patch.objects().stream().anyMatch(value -> value.text(DIRECTIVE).equals("replace"));
        var values = new KeyedElements(replaces ? JsonArray.EMPTY : original, keyed.key());
        var mentioned = new ArrayList<Json>();
        for (var change : patch.objects()) {
            switch (change.text(DIRECTIVE)) {
                case "" -> {
                    mentioned.add(change);
                    mergeElement(values, change, keyed);
                }
                case "delete" -> {
                    values.remove(keyed.identity(change));
                }
                case "replace" -> {
                    // The element only says what becomes of the list; upstream drops it whatever else it holds.
                }
                case "merge" -> throw PatchException.malformed("merging lists cannot yet be specified in the patch");
                default -> throw unknownDirective(change);
            }
        }
        return ordered(values.all(), mentioned, original, Optional.of(keyed.key()));
    }

    private static void mergeElement(KeyedElements values, JsonObject change, Keyed keyed) {
        var identity = keyed.identity(change);
        var before = values.find(identity).map(Json::object).orElse(JsonObject.EMPTY);
        values.put(identity, apply(before, change, keyed.element()));
    }

    /** Does what directives for the lists of an object say, after its fields are merged. */
    private static JsonObject directed(JsonObject original, JsonObject merged, JsonObject patch, MergeKeys keys) {
        var result = merged;
        for (var field : patch.entries()) {
            String name = field.getKey();
            if (name.startsWith(DELETE)) {
                result = withoutValues(result, name.substring(DELETE.length()), list(name, field.getValue()));
            }
        }
        for (var field : patch.entries()) {
            String name = field.getKey();
            if (name.startsWith(ORDER)) {
                String target = name.substring(ORDER.length());
                var order = list(name, field.getValue());
                checkOrder(patch.array(target), order, name, keys.field(target).mergeKey());
                if (result.at(target) instanceof JsonArray values) {
                    result = result.with(target, ordered(values.values(), order.values(), original.array(target),
                            keys.field(target).mergeKey()));
                }
            }
        }
        return result;
    }

    /** What the patch puts into a list stands in the order, too, one after the other. */
    private static void checkOrder(JsonArray change, JsonArray order, String name, Optional<String> key) {
        int next = 0;
        for (Json value : change.stream().filter(each -> !each.object().has(DIRECTIVE)).toList()) {
            while (next < order.size() && !identity(order.at(next), key).equals(identity(value, key))) {
                next++;
            }
            if (next++ >= order.size()) {
                throw PatchException.malformed("The order in patch list:\n" + change + "\n doesn't match "
                        + name.substring(0, name.indexOf('/')) + " list:\n" + order + "\n");
            }
        }
    }

    private static JsonArray list(String name, Json value) {
        if (value instanceof JsonArray array) {
            return array;
        }
        throw PatchException.malformed("invalid patch format of " + name.substring(0, name.indexOf('/')));
    }

    private static JsonObject withoutValues(JsonObject object, String name, JsonArray removed) {
        if (!(object.at(name) instanceof JsonArray values)) {
            return object;
        }
        var gone = new HashSet<Object>();
        removed.forEach(value -> gone.add(KeyedElements.comparable(value)));
        return object.with(name, JsonArray.of(values.stream()
                .filter(value -> !gone.contains(KeyedElements.comparable(value))).toList()));
    }

    /**
     * Elements that the order names come in that order; the others keep the place they had in the original before
     * those that stood behind them, and come last where nothing tells.
     */
    private static JsonArray ordered(List<Json> values, List<Json> order, JsonArray original, Optional<String> key) {
        var places = places(order, key);
        var before = places(original.values(), key);
        var named = new ArrayList<>(values.stream().filter(v -> place(places, v, key) >= 0).toList());
        named.sort(Comparator.comparingInt(v -> place(places, v, key)));
        var others = values.stream().filter(v -> place(places, v, key) < 0).toList();
        var all = new ArrayList<Json>(values.size());
        int next = 0;
        for (var other : others) {
            int place = place(before, other, key);
            while (next < named.size() && !standsBefore(place, place(before, named.get(next), key))) {
                all.add(named.get(next++));
            }
            all.add(other);
        }
        all.addAll(named.subList(next, named.size()));
        return JsonArray.of(all);
    }

    /** Where each element stands first, by what it is told apart by. */
    private static Map<Object, Integer> places(List<Json> values, Optional<String> key) {
        var places = new HashMap<Object, Integer>();
        for (int i = 0; i < values.size(); i++) {
            places.putIfAbsent(KeyedElements.comparable(identity(values.get(i), key)), i);
        }
        return places;
    }

    private static int place(Map<Object, Integer> places, Json value, Optional<String> key) {
        return places.getOrDefault(KeyedElements.comparable(identity(value, key)), -1);
    }

    private static boolean standsBefore(int other, int named) {
        return other >= 0 && named >= 0 && other < named;
    }

    private static Json identity(Json value, Optional<String> key) {
        return key.isPresent() && value instanceof JsonObject object ? object.at(key.get()) : value;
    }
}
