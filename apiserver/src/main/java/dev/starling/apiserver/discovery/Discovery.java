package dev.starling.apiserver.discovery;

import dev.starling.apiserver.registry.ServedResource;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The discovery documents of a list of resources: one for each path, and two that hold everything. */
public final class Discovery {
    private final Map<String, Map<String, List<ServedResource>>> groups = new LinkedHashMap<>();

    /** @param served in the order in which groups and resources shall be named */
    public Discovery(List<ServedResource> served) {
        for (var resource : served) {
            groups.computeIfAbsent(resource.type().group(), g -> new LinkedHashMap<>())
                    .computeIfAbsent(resource.type().version(), v -> new ArrayList<>()).add(resource);
        }
        groups.replaceAll((group, versions) -> preferredFirst(versions));
    }

    private static Map<String, List<ServedResource>> preferredFirst(Map<String, List<ServedResource>> versions) {
        var sorted = new LinkedHashMap<String, List<ServedResource>>();
        versions.keySet().stream().sorted(VersionOrder.PREFERRED_FIRST)
                .forEach(version -> sorted.put(version, versions.getOrDefault(version, List.of())));
        return sorted;
    }

    /** {@code /api}. */
    public JsonObject coreVersions(String serverAddress) {
        return JsonObject.of("kind", "APIVersions", "versions", List.copyOf(versions("").keySet()),
                "serverAddressByClientCIDRs",
                List.of(JsonObject.of("clientCIDR", "0.0.0.0/0", "serverAddress", serverAddress)));
    }

    private Map<String, List<ServedResource>> versions(String group) {
        return groups.getOrDefault(group, Map.of());
    }

    private List<String> named() {
        return groups.keySet().stream().filter(group -> !group.isEmpty()).toList();
    }

    /** {@code /apis}. */
    public JsonObject groupList() {
        return JsonObject.of("kind", "APIGroupList", "apiVersion", "v1",
                "groups", named().stream().map(this::groupEntry).toList());
    }

    /** {@code /apis/<group>}. */
    public Optional<JsonObject> group(String group) {
        if (group.isEmpty() || !groups.containsKey(group)) {
            return Optional.empty();
        }
        var document = JsonObject.builder().put("kind", "APIGroup").put("apiVersion", "v1").putAll(groupEntry(group));
        return Optional.of(document.build());
    }

    private JsonObject groupEntry(String group) {
        var versions = versions(group).keySet().stream()
                .map(version -> JsonObject.of("groupVersion", group + "/" + version, "version", version)).toList();
        return JsonObject.of("name", group, "versions", versions, "preferredVersion", versions.getFirst());
    }

    /** {@code /api/v1} and {@code /apis/<group>/<version>}. */
    public Optional<JsonObject> resources(String group, String version) {
        var served = versions(group).get(version);
        if (served == null) {
            return Optional.empty();
        }
        var entries = new ArrayList<JsonObject>();
        for (var resource : served) {
            entries.add(entry(resource));
            resource.subresources().forEach(sub -> entries.add(entry(resource, sub)));
        }
        return Optional.of(JsonObject.of("kind", "APIResourceList", "apiVersion", "v1",
                "groupVersion", group.isEmpty() ? version : group + "/" + version, "resources", entries));
    }

    private static JsonObject entry(ServedResource resource) {
        var type = resource.type();
        var entry = JsonObject.builder().put("name", type.plural()).put("singularName", resource.singular())
                .put("namespaced", type.namespaced()).put("kind", type.kind()).put("verbs", resource.verbs());
        putLists(entry, resource);
        return entry.build();
    }

    private static void putLists(JsonObject.Builder entry, ServedResource resource) {
        if (!resource.shortNames().isEmpty()) {
            entry.put("shortNames", resource.shortNames());
        }
        if (!resource.categories().isEmpty()) {
            entry.put("categories", resource.categories());
        }
    }

    private static JsonObject entry(ServedResource resource, ServedResource.Sub sub) {
        var entry = JsonObject.builder().put("name", resource.type().plural() + "/" + sub.name())
                .put("singularName", "").put("namespaced", resource.type().namespaced());
        if (!sub.apiVersion().equals(resource.type().apiVersion())) {
            entry.put("group", groupOf(sub.apiVersion())).put("version", versionOf(sub.apiVersion()));
        }
        return entry.put("kind", sub.kind()).put("verbs", sub.verbs()).build();
    }

    private static String groupOf(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    private static String versionOf(String apiVersion) {
        return apiVersion.substring(apiVersion.indexOf('/') + 1);
    }

    /**
     * Everything below {@code /api} or {@code /apis} at once.
     *
     * @param version of {@code apidiscovery.k8s.io}
     */
    public JsonObject aggregated(boolean core, String version) {
        var names = core ? List.of("") : named();
        return JsonObject.of("kind", "APIGroupDiscoveryList", "apiVersion", "apidiscovery.k8s.io/" + version,
                "metadata", JsonObject.EMPTY, "items", names.stream().map(this::aggregatedGroup).toList());
    }

    private JsonObject aggregatedGroup(String group) {
        var versions = new ArrayList<JsonObject>();
        versions(group).forEach((version, served) -> versions.add(JsonObject.of("version", version,
                "resources", served.stream().map(Discovery::aggregatedResource).toList(), "freshness", "Current")));
        return JsonObject.of("metadata", JsonObject.builder().putText("name", group).build(), "versions", versions);
    }

    private static JsonObject aggregatedResource(ServedResource resource) {
        var type = resource.type();
        var entry = JsonObject.builder().put("resource", type.plural())
                .put("responseKind", kind(type.apiVersion(), type.kind()))
                .put("scope", type.namespaced() ? "Namespaced" : "Cluster")
                .put("singularResource", resource.singular()).put("verbs", resource.verbs());
        putLists(entry, resource);
        if (!resource.subresources().isEmpty()) {
            entry.put("subresources", JsonArray.of(resource.subresources().stream()
                    .map(sub -> JsonObject.of("subresource", sub.name(),
                            "responseKind", kind(sub.apiVersion(), sub.kind()), "verbs", sub.verbs())).toList()));
        }
        return entry.build();
    }

    private static JsonObject kind(String apiVersion, String kind) {
        return JsonObject.of("group", groupOf(apiVersion), "version", versionOf(apiVersion), "kind", kind);
    }
}
