package dev.starling.apiserver.registry;

import dev.starling.apiserver.registry.ManagedEntry.Owner;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import dev.starling.kube.patch.FieldSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All entries of {@code metadata.managedFields}, immutable and in upstream's order. */
record ManagedFields(JsonArray json) {
    static final ManagedFields NONE = new ManagedFields(JsonArray.EMPTY);
    static final String FIELD = "managedFields";
    /** Updates beyond this number are put together, the oldest first (source: upstream's cap of managers). */
    private static final int MOST_UPDATERS = 10;
    private static final String ANCIENT = "ancient-changes";
    private static final Comparator<ManagedEntry> ORDER = Comparator.comparing((ManagedEntry entry) -> !entry.applies())
            .thenComparing(ManagedEntry::time).thenComparing(entry -> entry.json().text("manager"))
            .thenComparing(ManagedEntry::apiVersion).thenComparing(entry -> entry.json().text("subresource"));

    static ManagedFields of(KubeObject object) {
        return object.metadata().at(FIELD) instanceof JsonArray entries && !entries.isEmpty()
                ? new ManagedFields(entries) : NONE;
    }

    /** Those that hold something, in order, and not more of them than there may be. */
    static ManagedFields of(List<ManagedEntry> entries) {
        var kept = new ArrayList<>(entries.stream().filter(entry -> !entry.fields().isEmpty()).toList());
        kept.sort(ORDER);
        var capped = kept.size() > MOST_UPDATERS ? capped(kept) : kept;
        return capped.isEmpty() ? NONE : new ManagedFields(JsonArray.of(capped.stream().map(ManagedEntry::json)
                .toList()));
    }

    /**
     * What a client's object says, if it says something: nothing or one empty entry forget all owners; what cannot be
     * read, or was left out, leaves the owners as they were.
     */
    ManagedFields orAsSent(KubeObject object) {
        var sent = object.metadata().at(FIELD);
        if (!(sent instanceof JsonArray entries) || entries == json || entries.equals(json)) {
            return this;
        }
        boolean resets = entries.isEmpty() || entries.size() == 1 && entries.at(0).equals(JsonObject.EMPTY);
        if (resets) {
            return NONE;
        }
        try {
            var parsed = new HashMap<Owner, ManagedEntry>();
            entries.stream().map(ManagedEntry::parse).forEach(entry -> parsed.put(entry.owner(), entry));
            return of(List.copyOf(parsed.values()));
        } catch (IllegalArgumentException e) {
            return this;
        }
    }

    boolean isEmpty() {
        return json.isEmpty();
    }

    List<ManagedEntry> entries() {
        return json.stream().map(entry -> new ManagedEntry(entry.object())).toList();
    }

    Optional<ManagedEntry> find(Owner owner) {
        return entries().stream().filter(entry -> entry.owner().equals(owner)).findFirst();
    }

    KubeObject on(KubeObject object) {
        if (isEmpty()) {
            return off(object);
        }
        return object.metadata().at(FIELD) == json ? object : object.with(json, "metadata", FIELD);
    }

    /** An object without its owners. */
    static KubeObject off(KubeObject object) {
        return object.metadata().has(FIELD) ? object.without("metadata", FIELD) : object;
    }

    boolean equalsButForTimes(ManagedFields other) {
        var mine = entries();
        var theirs = other.entries();
        if (mine.size() != theirs.size()) {
            return false;
        }
        for (var entry : mine) {
            if (theirs.stream().noneMatch(entry::equalsButForTime)) {
                return false;
            }
        }
        return true;
    }

    /** The oldest updates of each version are put together until few enough are left. */
    private static List<ManagedEntry> capped(List<ManagedEntry> sorted) {
        var updates = sorted.stream().filter(entry -> !entry.applies()).toList();
        int over = updates.size() - MOST_UPDATERS;
        if (over <= 0) {
            return sorted;
        }
        Map<String, ManagedEntry> first = new HashMap<>();
        Map<String, ManagedEntry> buckets = new HashMap<>();
        Set<Json> gone = new HashSet<>();
        for (var update : updates) {
            String version = update.apiVersion();
            if (over == 0) {
                break;
            }
            if (!first.containsKey(version)) {
                first.put(version, update);
                continue;
            }
            var before = buckets.getOrDefault(version, first.get(version));
            gone.add(first.get(version).json());
            gone.add(update.json());
            buckets.put(version, joined(before.fields().union(update.fields()), update));
            over--;
        }
        var kept = new ArrayList<>(sorted.stream().filter(entry -> !gone.contains(entry.json())).toList());
        kept.addAll(buckets.values());
        kept.sort(ORDER);
        return kept;
    }

    private static ManagedEntry joined(FieldSet fields, ManagedEntry newest) {
        var bucket = ManagedEntry.of(Owner.updating(ANCIENT, newest.apiVersion(), ""), newest.apiVersion(), fields);
        return Times.parse(newest.time()).map(bucket::at).orElse(bucket);
    }
}
