package dev.starling.kube.patch;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import java.util.List;

/**
 * How one place in a schema is owned and applied (source: Kubernetes' {@code x-kubernetes-list-type},
 * {@code x-kubernetes-list-map-keys} and {@code x-kubernetes-map-type}). What is not said otherwise is as upstream
 * deduces it where there is no schema: objects field by field, lists as a whole. Implementations are pure.
 */
public interface Typing {
    /** No schema. */
    Typing DEDUCED = new Typing() {
    };
    /** Owned as a whole, whatever it holds. */
    Typing ATOMIC = new Typing() {
        @Override
        public boolean opensObjects() {
            return false;
        }
    };

    /** Whether the fields of an object have owners of their own. */
    default boolean opensObjects() {
        return true;
    }

    /** Whether the elements of a list have owners of their own, as in sets and maps. */
    default boolean opensLists() {
        return false;
    }

    /** Whether fields of every name may stand here, though the schema names only some or none. */
    default boolean takes(String name) {
        return true;
    }

    /** Whether the schema names the field; the keys of maps are not named. */
    default boolean names(String name) {
        return false;
    }

    /** Below a field of an object; for a map, of any of its keys. */
    default Typing field(String name) {
        return DEDUCED;
    }

    /** Whether a field stands, if only empty, whenever its object does, so that nobody adds or removes it. */
    default boolean standsAlways(String name) {
        return false;
    }

    /** Below the elements of a list. */
    default Typing element() {
        return DEDUCED;
    }

    /** The fields that tell the elements of a list of objects apart; none for sets of plain values. */
    default List<String> keys() {
        return List.of();
    }

    /** What a field of an object is where it is absent; JSON null if nothing is said. */
    default Json defaultOf(String name) {
        return JsonNull.NULL;
    }

    /** Why a value cannot stand here; empty if it can. */
    default String misfit(Json value) {
        return "";
    }

    /** Whether a value is more than a leaf. */
    default boolean opens(Json value) {
        return value instanceof JsonObject ? opensObjects() : value instanceof JsonArray && opensLists();
    }
}
