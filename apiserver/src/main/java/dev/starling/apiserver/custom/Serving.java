package dev.starling.apiserver.custom;

import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.Registry;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.ResourceType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** Which custom kinds the registry serves just now, by the names of their definitions. Used by one thread at a time. */
final class Serving {
    private final Registry registry;
    private final CustomKinds kinds;
    private final Map<String, Served> served = new HashMap<>();

    Serving(Registry registry, CustomKinds kinds) {
        this.registry = registry;
        this.kinds = kinds;
    }

    /** What is served of one definition, and what was asked for when that began. */
    private record Served(String uid, JsonObject spec, Set<ResourceType> types, AtomicBoolean terminating) {
    }

    /** The kinds of a definition that must go before a registry serves others in their place. */
    private static Set<ResourceType> types(List<Kind> kinds) {
        Set<ResourceType> types = new HashSet<>();
        kinds.forEach(kind -> types.add(kind.type()));
        return types;
    }

    /**
     * Serves a definition as it is now; nothing happens if it is served so.
     *
     * @throws IllegalArgumentException if something else is served under its name
     */
    void serve(Definition definition) {
        String name = definition.object().name();
        var before = served.get(name);
        boolean same = before != null && before.uid().equals(definition.object().uid())
                && before.spec().equals(definition.object().spec());
        if (!same) {
            var terminating = new AtomicBoolean();
            var fresh = kinds.of(definition, terminating);
            var types = types(fresh);
            registry.serve(before == null ? Set.of() : before.types(), fresh);
            served.put(name, new Served(definition.object().uid(), definition.object().spec(), types, terminating));
        }
        served.get(name).terminating().set(definition.object().deleting());
    }

    /** Serves nothing of a definition any more. */
    void drop(String name) {
        var before = served.remove(name);
        if (before != null) {
            registry.serve(before.types(), List.of());
        }
    }
}
