package dev.starling.kube.patch;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
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
        var result = patch.has(RETAIN) ? retained(original, patch) : original;
        for (var field : patch.entries()) {
            if (!field.getKey().startsWith("$")) {
                result = merged(result, field.getKey(), patch, keys.field(field.getKey()));
            }
        }
        return directed(original, result, patch, keys);
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
        var result = original;
        for (String name : original.names()) {
            result = names.contains(name) ? result : result.without(name);
        }
        return result;
    }

    private static JsonObject merged(JsonObject result, String name, JsonObject patch, MergeKeys keys) {
        var change = patch.at(name);
        if (change.isNull()) {
            return result.without(name);
        }
        var before = result.at(name);
        if (change instanceof JsonObject object) {
            boolean replaces = keys.strategy() == MergeKeys.Strategy.REPLACE;
            var after = apply(replaces ? JsonObject.EMPTY : before.object(), object, keys);
            boolean deletes = object.text(DIRECTIVE).equals("delete") && !result.has(name);
            return deletes ? result : result.with(name, after);
        }
        if (change instanceof JsonArray list && keys.strategy() == MergeKeys.Strategy.MERGE) {
            return result.with(name, mergedList(before.array(), list, keys));
        }
        return result.with(name, change);
    }

    private static JsonArray mergedList(JsonArray original, JsonArray patch, MergeKeys keys) {
        if (keys.mergeKey().isPresent()) {
            return mergedObjects(original, patch, new Keyed(keys.mergeKey().get(), keys.element()));
        }
        var values = new ArrayList<>(original.values());
        patch.stream().filter(value -> !values.contains(value)).forEach(values::add);
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

        int position(List<Json> values, Json identity) {
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i).object().at(key).equals(identity)) {
                    return i;
                }
            }
            return -1;
        }
    }

    private static JsonArray mergedObjects(JsonArray original, JsonArray patch, Keyed keyed) {
        boolean replaces = patch.objects().stream().anyMatch(value -> value.text(DIRECTIVE).equals("replace"));
        var values = new ArrayList<>(replaces ? List.<Json>of() : original.values());
        var mentioned = new ArrayList<Json>();
        for (var change : patch.objects()) {
            switch (change.text(DIRECTIVE)) {
                case "" -> {
                    mentioned.add(change);
                    mergeElement(values, change, keyed);
                }
                case "delete" -> {
                    var identity = keyed.identity(change);
                    values.removeIf(value -> value.object().at(keyed.key()).equals(identity));
                }
                case "replace" -> {
                    // The element only says what becomes of the list; upstream drops it whatever else it holds.
                }
                case "merge" -> throw PatchException.malformed("merging lists cannot yet be specified in the patch");
                default -> throw unknownDirective(change);
            }
        }
        return ordered(values, mentioned, original, Optional.of(keyed.key()));
    }

    private static void mergeElement(List<Json> values, JsonObject change, Keyed keyed) {
        int at = keyed.position(values, keyed.identity(change));
        if (at < 0) {
            values.add(apply(JsonObject.EMPTY, change, keyed.element()));
        } else {
            values.set(at, apply(values.get(at).object(), change, keyed.element()));
        }
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
        return object.with(name, JsonArray.of(values.stream().filter(v -> !removed.values().contains(v)).toList()));
    }

    /**
     * Elements that the order names come in that order; the others keep the place they had in the original before
     * those that stood behind them, and come last where nothing tells.
     */
    private static JsonArray ordered(List<Json> values, List<Json> order, JsonArray original, Optional<String> key) {
        var places = order.stream().map(value -> identity(value, key)).toList();
        var before = original.stream().map(value -> identity(value, key)).toList();
        var named = new ArrayList<>(values.stream().filter(v -> places.contains(identity(v, key))).toList());
        named.sort(java.util.Comparator.comparingInt(v -> places.indexOf(identity(v, key))));
        var others = values.stream().filter(v -> !places.contains(identity(v, key))).toList();
        var all = new ArrayList<Json>(values.size());
        int next = 0;
        for (var other : others) {
            int place = before.indexOf(identity(other, key));
            while (next < named.size() && !standsBefore(place, before.indexOf(identity(named.get(next), key)))) {
                all.add(named.get(next++));
            }
            all.add(other);
        }
        all.addAll(named.subList(next, named.size()));
        return JsonArray.of(all);
    }

    private static boolean standsBefore(int other, int named) {
        return other >= 0 && named >= 0 && other < named;
    }

    private static Json identity(Json value, Optional<String> key) {
        return key.isPresent() && value instanceof JsonObject object ? object.at(key.get()) : value;
    }
}
