package dev.starling.apiserver.registry;

import dev.starling.apiserver.registry.ManagedEntry.Owner;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.patch.Applied;
import dev.starling.kube.patch.FieldSet;
import dev.starling.kube.patch.TreeDiff;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Who owns which fields after a write (source: Kubernetes' {@code managedfields} and structured-merge-diff). */
final class FieldOwnership {
    /** Who owns what was there before anybody applied, on objects that had forgotten their owners. */
    private static final String BEFORE = "before-first-apply";
    /** What belongs to the server or names the object has no owner. */
    private static final FieldSet UNOWNED = FieldSet.parse(JsonObject.of("f:apiVersion", JsonObject.EMPTY,
            "f:kind", JsonObject.EMPTY, "f:metadata", unowned()));

    private static final FieldSet STATUS = FieldSet.parse(JsonObject.of("f:status", JsonObject.EMPTY));
    private static final FieldSet STATUS_AND_METADATA = FieldSet.parse(JsonObject.of("f:status", JsonObject.EMPTY,
            "f:metadata", JsonObject.EMPTY));
    private static final FieldSet LABELS = FieldSet.parse(JsonObject.of("f:metadata",
            JsonObject.of("f:labels", JsonObject.EMPTY)));

    private final Catalog catalog;

    FieldOwnership(Catalog catalog) {
        this.catalog = catalog;
    }

    private static JsonObject unowned() {
        var builder = JsonObject.builder().put(".", JsonObject.EMPTY);
        for (String name : List.of("name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName",
                "generation", "managedFields", "resourceVersion")) {
            builder.put("f:" + name, JsonObject.EMPTY);
        }
        return builder.build();
    }

    /** One write by one manager. */
    record Edit(Kind kind, Owner owner, Instant now) {

        String apiVersion() {
            return kind.type().apiVersion();
        }

        /** What of some fields this write can change at all. */
        FieldSet reached(FieldSet fields) {
            if (!kind.rules().hasStatus()) {
                return fields;
            }
            return switch (owner.subresource()) {
                case "status" -> ofStatus(fields);
                case "" -> fields.minusWhole(STATUS);
                default -> fields;
            };
        }

        private FieldSet ofStatus(FieldSet fields) {
            var rules = kind.rules();
            var reached = fields.minusWhole(fields.minusWhole(
                    rules.statusWritesMetadata() ? STATUS_AND_METADATA : STATUS));
            return rules.statusWritesLabels() ? reached : reached.minusWhole(LABELS);
        }
    }

    /**
     * What is to be stored, with its owners: the writer owns what it changed.
     *
     * @param before the empty object for a creation
     * @param sent what the client wrote, perhaps with owners of its own
     */
    KubeObject written(Edit edit, KubeObject before, KubeObject after, KubeObject sent) {
        var owners = ManagedFields.of(before).orAsSent(sent);
        boolean forgotten = owners.isEmpty() && !before.uid().isEmpty();
        return (forgotten ? owners : updated(edit, before, after, owners)).on(after);
    }

    private ManagedFields updated(Edit edit, KubeObject before, KubeObject after, ManagedFields owners) {
        var versions = new FieldVersions(catalog, edit.kind());
        var diff = TreeDiff.between(before.tree(), after.tree(), versions.typing()).without(UNOWNED);
        if (diff.isEmpty()) {
            return owners;
        }
        var diffs = new Diffs(versions, before.tree(), after.tree(), new HashMap<>());
        diffs.known().put(edit.apiVersion(), Optional.of(diff));
        var entries = new ArrayList<ManagedEntry>();
        var taken = diff.set();
        boolean found = false;
        for (var entry : owners.entries()) {
            boolean own = entry.owner().equals(edit.owner());
            found |= own;
            diffs.at(entry.apiVersion()).map(changes -> own ? grown(entry, changes, edit.now())
                    : entry.with(left(entry.fields(), changes))).ifPresent(entries::add);
        }
        if (!found && !taken.isEmpty()) {
            entries.add(ManagedEntry.of(edit.owner(), edit.apiVersion(), taken).at(edit.now()));
        }
        return ManagedFields.of(entries);
    }

    private static ManagedEntry grown(ManagedEntry entry, TreeDiff changes, Instant now) {
        var taken = changes.set();
        var grown = entry.with(entry.fields().minus(changes.removed()).union(taken));
        return taken.isEmpty() ? grown : grown.at(now);
    }

    private static FieldSet left(FieldSet fields, TreeDiff changes) {
        return fields.minus(changes.removed()).minus(changes.modified()).minus(changes.added());
    }

    /** The differences between two states, in each version that somebody's fields are named in. */
    private record Diffs(FieldVersions versions, JsonObject before, JsonObject after,
            Map<String, Optional<TreeDiff>> known) {

        Optional<TreeDiff> at(String apiVersion) {
            return known.computeIfAbsent(apiVersion, version -> versions.diff(before, after, version));
        }
    }

    /** An applied configuration. */
    record Application(JsonObject configuration, boolean force) {
    }

    /** What an application makes of the live object: the object before defaults, and its owners. */
    record Outcome(KubeObject object, ManagedFields owners) {
    }

    /**
     * Merges a configuration into the live object.
     *
     * @param live the empty object if there is none
     * @throws dev.starling.kube.api.ApiException CONFLICT if others own what would change
     */
    Outcome applied(Edit edit, KubeObject live, Application application) {
        var versions = new FieldVersions(catalog, edit.kind());
        var bare = ManagedFields.off(live);
        var owners = tracked(edit, live);
        var last = owners.find(edit.owner());
        var owned = Applied.owned(application.configuration(), versions.typing()).minus(UNOWNED);
        var others = owners.entries().stream().filter(entry -> !entry.owner().equals(edit.owner()))
                .filter(entry -> versions.serves(entry.apiVersion())).toList();
        var merged = Applied.merged(bare.tree(), application.configuration(), versions.typing());
        var pruned = last.map(entry -> versions.pruned(merged, entry, union(edit, owned, others))).orElse(merged);
        var after = edit.kind().schema().prune(pruned).object();
        var diffs = new Diffs(versions, bare.tree(), after, new HashMap<>());
        var conflicts = conflicts(others, diffs);
        if (!application.force() && !conflicts.isEmpty()) {
            LastApplied.refuse(edit, live, conflicts);
        }
        var entries = new ArrayList<ManagedEntry>();
        others.forEach(entry -> diffs.at(entry.apiVersion())
                .map(changes -> entry.with(left(entry.fields(), changes))).ifPresent(entries::add));
        var entry = ManagedEntry.of(edit.owner(), edit.apiVersion(), owned);
        boolean changes = !diffs.at(edit.apiVersion()).map(diff -> diff.without(UNOWNED)).orElseThrow().isEmpty();
        entries.add(last.filter(same -> !changes && same.equalsButForTime(entry)).orElseGet(() ->
                entry.at(edit.now())));
        return new Outcome(LastApplied.renewed(edit, KubeObject.of(after), application.configuration()),
                ManagedFields.of(entries));
    }

    /** The owners of the live object, fitted to the schema as it is now. */
    private ManagedFields tracked(Edit edit, KubeObject live) {
        var owners = ManagedFields.of(live);
        var typing = edit.kind().schema().typing();
        if (owners.isEmpty()) {
            var all = edit.reached(Applied.everything(live.tree(), typing).minus(UNOWNED));
            var owner = Owner.updating(BEFORE, edit.apiVersion(), edit.owner().subresource());
            return ManagedFields.of(List.of(ManagedEntry.of(owner, edit.apiVersion(), all).at(edit.now())));
        }
        var fitted = owners.entries().stream().map(entry -> entry.apiVersion().equals(edit.apiVersion())
                ? entry.with(entry.fields().fitted(typing)) : entry).toList();
        return ManagedFields.of(fitted);
    }

    private static Map<String, FieldSet> union(Edit edit, FieldSet owned, List<ManagedEntry> others) {
        var all = new HashMap<>(Map.of(edit.apiVersion(), owned));
        others.forEach(entry -> all.merge(entry.apiVersion(), entry.fields(), FieldSet::union));
        return all;
    }

    private static TreeMap<Owner, FieldSet> conflicts(List<ManagedEntry> others, Diffs diffs) {
        var conflicts = new TreeMap<Owner, FieldSet>();
        for (var entry : others) {
            var disputed = diffs.at(entry.apiVersion()).map(changes -> entry.fields().intersection(changes.set()))
                    .orElse(FieldSet.NONE);
            if (!disputed.isEmpty()) {
                conflicts.put(entry.owner(), disputed);
            }
        }
        return conflicts;
    }

    /** The stored owners where nothing differs but their times, so that a write that changes nothing is none. */
    static KubeObject settled(KubeObject before, KubeObject after) {
        var olds = ManagedFields.of(before);
        var news = ManagedFields.of(after);
        boolean timesOnly = olds.json() != news.json() && olds.equalsButForTimes(news)
                && sameButForOwners(before.tree(), after.tree());
        return timesOnly ? olds.on(after) : after;
    }

    private static boolean sameButForOwners(JsonObject before, JsonObject after) {
        boolean same = before.size() == after.size();
        for (var field : before.entries()) {
            Json other = after.at(field.getKey());
            same = same && (field.getKey().equals("metadata")
                    ? field.getValue().object().without("managedFields").equals(other.object().without("managedFields"))
                    : field.getValue().equals(other));
        }
        return same;
    }
}
