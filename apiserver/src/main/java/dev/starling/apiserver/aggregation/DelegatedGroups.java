package dev.starling.apiserver.aggregation;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The discovery documents of delegates, to be put behind those of this server. Groups that it serves are its own. */
public record DelegatedGroups(Delegates delegates) {

    private Map<String, List<Delegate>> groups(Set<String> own) {
        var groups = new LinkedHashMap<String, List<Delegate>>();
        delegates.all().stream().filter(d -> !own.contains(d.group()))
                .forEach(d -> groups.computeIfAbsent(d.group(), g -> new ArrayList<>()).add(d));
        return groups;
    }

    /** Adds to an {@code APIGroupList}. */
    public JsonObject added(JsonObject groupList) {
        if (delegates.all().isEmpty()) {
            return groupList;
        }
        var entries = new ArrayList<Json>(groupList.array("groups").values());
        var own = Set.copyOf(groupList.array("groups").objects().stream().map(g -> g.text("name")).toList());
        groups(own).forEach((group, all) -> entries.add(entry(group, all)));
        return groupList.with("groups", JsonArray.of(entries));
    }

    /** {@code /apis/<group>}. */
    public Optional<JsonObject> group(String group) {
        return Optional.ofNullable(groups(Set.of()).get(group)).map(all -> JsonObject.builder()
                .put("kind", "APIGroup").put("apiVersion", "v1").putAll(entry(group, all)).build());
    }

    private static JsonObject entry(String group, List<Delegate> all) {
        var versions = all.stream().map(d -> JsonObject.of("groupVersion", group + "/" + d.version(), "version",
                d.version())).toList();
        return JsonObject.of("name", group, "versions", versions, "preferredVersion", versions.getFirst());
    }

    /** Adds to an {@code APIGroupDiscoveryList}; what does not answer just now is shown as it was, and as stale. */
    public JsonObject addedAggregated(JsonObject list) {
        if (delegates.all().isEmpty()) {
            return list;
        }
        var items = new ArrayList<Json>(list.array("items").values());
        var own = Set.copyOf(list.array("items").objects().stream().map(g -> g.text("metadata", "name")).toList());
        groups(own).forEach((group, all) -> items.add(JsonObject.of("metadata", JsonObject.of("name", group),
                "versions", all.stream().map(this::version).toList())));
        return list.with("items", JsonArray.of(items));
    }

    private JsonObject version(Delegate delegate) {
        var all = delegates.resources(delegate).array("resources").objects();
        // Once for all: a delegate may name very many.
        var below = all.stream().filter(r -> r.text("name").contains("/"))
                .collect(Collectors.groupingBy(r -> r.text("name").substring(0, r.text("name").indexOf('/'))));
        var whole = all.stream().filter(r -> !r.text("name").isEmpty() && !r.text("name").contains("/"))
                .map(r -> resource(delegate, r, below.getOrDefault(r.text("name"), List.of()))).toList();
        return JsonObject.of("version", delegate.version(), "resources", whole,
                "freshness", delegates.available(delegate) ? "Current" : "Stale");
    }

    private static JsonObject resource(Delegate delegate, JsonObject r, List<JsonObject> below) {
        var entry = JsonObject.builder().put("resource", r.text("name")).put("responseKind", kind(delegate, r))
                .put("scope", r.flag("namespaced") ? "Namespaced" : "Cluster")
                .put("singularResource", r.text("singularName")).put("verbs", r.array("verbs"));
        for (String optional : List.of("shortNames", "categories")) {
            r.find(optional).ifPresent(value -> entry.put(optional, value));
        }
        var subs = below.stream().map(s -> JsonObject.of("subresource",
                s.text("name").substring(r.text("name").length() + 1), "responseKind", kind(delegate, s), "verbs",
                s.array("verbs"))).toList();
        return subs.isEmpty() ? entry.build() : entry.put("subresources", subs).build();
    }

    private static JsonObject kind(Delegate delegate, JsonObject r) {
        return JsonObject.of("group", r.has("group") ? r.text("group") : delegate.group(),
                "version", r.has("version") ? r.text("version") : delegate.version(), "kind", r.text("kind"));
    }
}
