package dev.starling.apiserver.access.rbac;

import dev.starling.apiserver.access.Attributes;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** One rule of a role: verbs, and the resources or the paths that they are allowed on. {@code *} stands for all. */
record PolicyRule(List<String> verbs, List<String> groups, List<String> resources, List<String> names,
        List<String> paths) {
    static final String ALL = "*";

    PolicyRule {
        verbs = List.copyOf(verbs);
        groups = List.copyOf(groups);
        resources = List.copyOf(resources);
        names = List.copyOf(names);
        paths = List.copyOf(paths);
    }

    static PolicyRule of(JsonObject json) {
        return new PolicyRule(json.array("verbs").texts(), json.array("apiGroups").texts(),
                json.array("resources").texts(), json.array("resourceNames").texts(),
                json.array("nonResourceURLs").texts());
    }

    static List<PolicyRule> all(JsonArray rules) {
        return rules.objects().stream().map(PolicyRule::of).toList();
    }

    JsonObject json() {
        var json = JsonObject.builder();
        put(json, "verbs", verbs);
        put(json, "apiGroups", groups);
        put(json, "resources", resources);
        put(json, "resourceNames", names);
        put(json, "nonResourceURLs", paths);
        return json.build();
    }

    private static void put(JsonObject.Builder json, String name, List<String> texts) {
        if (!texts.isEmpty()) {
            json.put(name, JsonArray.strings(texts));
        }
    }

    boolean allows(Attributes wanted) {
        if (!holds(verbs, wanted.verb())) {
            return false;
        }
        return wanted.forResource() ? holds(groups, wanted.group()) && allowsResource(wanted)
                && (names.isEmpty() || names.contains(wanted.name())) : allowsPath(wanted.path());
    }

    private static boolean holds(List<String> allowed, String one) {
        for (String text : allowed) {
            if (text.equals(ALL) || text.equals(one)) {
                return true;
            }
        }
        return false;
    }

    private boolean allowsResource(Attributes wanted) {
        for (String allowed : resources) {
            if (allowed.equals(ALL) || names(allowed, wanted.resource(), wanted.subresource())) {
                return true;
            }
        }
        return false;
    }

    /** {@code pods}, {@code pods/log}, or {@code *}{@code /scale} for the subresource of every resource. */
    private static boolean names(String allowed, String resource, String subresource) {
        if (subresource.isEmpty()) {
            return allowed.equals(resource);
        }
        int slash = allowed.length() - subresource.length() - 1;
        return slash > 0 && allowed.charAt(slash) == '/' && allowed.endsWith(subresource)
                && (slash == resource.length() && allowed.startsWith(resource)
                        || slash == 1 && allowed.startsWith(ALL));
    }

    private boolean allowsPath(String path) {
        for (String allowed : paths) {
            if (allowed.equals(path) || coversPath(allowed, path)) {
                return true;
            }
        }
        return false;
    }

    static boolean coversPath(String allowed, String path) {
        return allowed.endsWith(ALL) && path.startsWith(allowed.substring(0, allowed.length() - 1));
    }

    /** As messages spell it: <code>{APIGroups:[""], Resources:["pods"], Verbs:["get"]}</code>. */
    @Override
    public String toString() {
        var parts = new ArrayList<String>();
        add(parts, "APIGroups", groups);
        add(parts, "Resources", resources);
        add(parts, "NonResourceURLs", paths);
        add(parts, "ResourceNames", names);
        add(parts, "Verbs", verbs);
        return "{" + String.join(", ", parts) + "}";
    }

    private static void add(List<String> parts, String name, List<String> texts) {
        if (!texts.isEmpty()) {
            parts.add(name + ":" + quoted(texts));
        }
    }

    /** A list as Go's {@code %q} writes it. */
    static String quoted(List<String> texts) {
        return texts.stream().map(text -> new JsonString(text).toString()).collect(Collectors.joining(" ", "[", "]"));
    }
}
