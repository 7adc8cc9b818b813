package dev.starling.apiserver.registry;

import java.util.List;
import java.util.Map;

/** Who asks, as {@code authentication.k8s.io} describes a user. */
public record Caller(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
    public Caller {
        groups = List.copyOf(groups);
        extra = Map.copyOf(extra);
    }

    /** A component of the product: {@code system:starling:<component>}, who may do everything. */
    public static Caller component(String component) {
        return new Caller("system:starling:" + component, "", List.of("system:masters", "system:authenticated"),
                Map.of());
    }
}
