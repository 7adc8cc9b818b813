package dev.starling.apiserver.registry;

import java.util.List;
import java.util.Map;

/** Who asks, as {@code authentication.k8s.io} describes a user. */
public record Caller(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
    public Caller {
        groups = List.copyOf(groups);
        extra = Map.copyOf(extra);
    }

    private static final String COMPONENT = "system:starling:";

    /** Who owns the fields that this caller writes, unless it says so: {@code starling-<component>}, or its name. */
    String manager() {
        return name.startsWith(COMPONENT) ? "starling-" + name.substring(COMPONENT.length()) : name;
    }

    /** A component of the product: {@code system:starling:<component>}, who may do everything. */
    public static Caller component(String component) {
        return new Caller(COMPONENT + component, "", List.of("system:masters", "system:authenticated"),
                Map.of());
    }
}
