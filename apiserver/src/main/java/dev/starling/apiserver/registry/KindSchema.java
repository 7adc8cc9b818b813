package dev.starling.apiserver.registry;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.patch.MergeKeys;
import dev.starling.kube.patch.Typing;
import java.util.List;
import java.util.Optional;

/** What the registry needs of a kind's schema. All methods are pure. */
public interface KindSchema {
    /** Keeps everything, defaults nothing, and merges every list by replacing it. */
    KindSchema OPEN = new KindSchema() {
    };

    /** The object without the fields that the schema does not know, and their dotted paths. */
    record Pruned(JsonObject object, List<String> unknownFields) {
        public Pruned {
            unknownFields = List.copyOf(unknownFields);
        }
    }

    default Pruned prune(JsonObject object) {
        return new Pruned(object, List.of());
    }

    /** @param known an object that was pruned before: subtrees that both share need no second look */
    default Pruned prune(JsonObject object, JsonObject known) {
        return prune(object);
    }

    default JsonObject defaulted(JsonObject object) {
        return object;
    }

    /** What is wrong with an object: types, required fields, enumerations, and what the kind asks beyond them. */
    default List<ApiException.Cause> violations(JsonObject object) {
        return List.of();
    }

    /** What is wrong with a change of the main resource: fields that may not change any more. */
    default List<ApiException.Cause> changeViolations(JsonObject before, JsonObject after) {
        return List.of();
    }

    /**
     * All that is wrong with an object after an update. A schema that ratchets leaves out what was wrong before in the
     * same way.
     */
    default List<ApiException.Cause> updateViolations(JsonObject before, JsonObject after) {
        return violations(after);
    }

    default MergeKeys mergeKeys() {
        return MergeKeys.NONE;
    }

    /** How fields are owned and applied. */
    default Typing typing() {
        return Typing.DEDUCED;
    }

    /** Whether strategic merge patches are understood: custom kinds know none. */
    default boolean mergesStrategically() {
        return true;
    }

    /** The schema as a user wrote it, for kinds that the API documents do not know by themselves. */
    default Optional<Document> document() {
        return Optional.empty();
    }

    /**
     * A schema in OpenAPI's form.
     *
     * @param fingerprint changes whenever the schema does
     */
    record Document(JsonObject schema, String fingerprint) {
    }
}
