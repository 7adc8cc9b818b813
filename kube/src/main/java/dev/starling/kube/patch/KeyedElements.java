package dev.starling.kube.patch;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The elements of a list that a field tells apart, found by a hash: lists may be long. Used by one thread. */
final class KeyedElements {
    private final List<Optional<Json>> values = new ArrayList<>();
    private final Map<Object, List<Integer>> places = new HashMap<>();

    KeyedElements(JsonArray elements, String key) {
        elements.forEach(element -> add(element.object().at(key), element));
    }

    /** What equals where the value does; hostile ones of equal hashes are told apart by their order. */
    static Object comparable(Json value) {
        return switch (value) {
            case JsonString(var text) -> text;
            case JsonLong(var number) -> number;
            case JsonDouble(var number) -> number;
            case JsonBoolean flag -> flag;
            case JsonNull none -> none;
            case JsonArray array -> array;
            case JsonObject object -> object;
        };
    }

    private void add(Json identity, Json element) {
        places.computeIfAbsent(comparable(identity), i -> new ArrayList<>(1)).add(values.size());
        values.add(Optional.of(element));
    }

    /** The first element of that identity. */
    Optional<Json> find(Json identity) {
        var here = places.get(comparable(identity));
        return here == null ? Optional.empty() : values.get(here.getFirst());
    }

    /** Replaces the first element of that identity, or adds one at the end. */
    void put(Json identity, Json element) {
        var here = places.get(comparable(identity));
        if (here == null) {
            add(identity, element);
        } else {
            values.set(here.getFirst(), Optional.of(element));
        }
    }

    /** Removes all elements of that identity. */
    void remove(Json identity) {
        var here = places.remove(comparable(identity));
        if (here != null) {
            here.forEach(at -> values.set(at, Optional.empty()));
        }
    }

    List<Json> all() {
        return values.stream().flatMap(Optional::stream).toList();
    }
}
