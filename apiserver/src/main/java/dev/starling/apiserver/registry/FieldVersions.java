package dev.starling.apiserver.registry;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.patch.Applied;
import dev.starling.kube.patch.FieldSet;
import dev.starling.kube.patch.TreeDiff;
import dev.starling.kube.patch.Typing;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One kind's objects in the versions in which owners named their fields. A version that is no longer served has no
 * owners any more. Made for one write, on its thread.
 */
final class FieldVersions {
    private final Catalog catalog;
    private final Kind kind;
    private final Map<String, Optional<Kind>> known = new HashMap<>();

    FieldVersions(Catalog catalog, Kind kind) {
        this.catalog = catalog;
        this.kind = kind;
        known.put(kind.type().apiVersion(), Optional.of(kind));
    }

    boolean serves(String apiVersion) {
        return find(apiVersion).isPresent();
    }

    private Optional<Kind> find(String apiVersion) {
        return known.computeIfAbsent(apiVersion, version -> catalog.resources().stream()
                .filter(Kind.class::isInstance).map(Kind.class::cast)
                .filter(other -> other.type().apiVersion().equals(version)
                        && other.storage().type().equals(kind.storage().type())).findFirst());
    }

    private static JsonObject converted(JsonObject tree, Kind from, Kind to) {
        if (from.type().equals(to.type())) {
            return tree;
        }
        var stored = from.storage().conversion().stored(KubeObject.of(tree));
        return to.storage().conversion().served(stored).tree();
    }

    Typing typing() {
        return kind.schema().typing();
    }

    /** In which fields two objects of the kind's own version differ, as another version names them. */
    Optional<TreeDiff> diff(JsonObject before, JsonObject after, String apiVersion) {
        return find(apiVersion).map(version -> TreeDiff.between(
                before.isEmpty() ? before : converted(before, kind, version), converted(after, kind, version),
                version.schema().typing()));
    }

    /**
     * A merged object without what its applier owned before, does not apply any more, and nobody else owns.
     *
     * @param owned what all owners own now, by version
     */
    JsonObject pruned(JsonObject merged, ManagedEntry before, Map<String, FieldSet> owned) {
        var found = find(before.apiVersion());
        if (found.isEmpty()) {
            return merged;
        }
        var version = found.get();
        var typing = version.schema().typing();
        var last = before.fields().fitted(typing);
        var there = converted(merged, kind, version);
        var pruned = Applied.withOwned(there, Applied.bare(there, last, typing),
                owned.getOrDefault(before.apiVersion(), FieldSet.NONE), typing);
        for (var other : owned.entrySet()) {
            if (!other.getKey().equals(before.apiVersion())) {
                pruned = addedBack(there, pruned, version, other);
            }
        }
        return converted(Applied.withoutOwn(there, pruned, last, typing), version, kind);
    }

    private JsonObject addedBack(JsonObject merged, JsonObject pruned, Kind version,
            Map.Entry<String, FieldSet> owned) {
        return find(owned.getKey()).map(other -> converted(Applied.withOwned(converted(merged, version, other),
                converted(pruned, version, other), owned.getValue(), other.schema().typing()), other, version))
                .orElse(pruned);
    }
}
