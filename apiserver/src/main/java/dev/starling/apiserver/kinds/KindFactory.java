package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.registry.KindSchema;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.apiserver.registry.ServedResource.Sub;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Puts built-in kinds together: discovery entry, schema, rules and the subresources that many have. */
record KindFactory(Function<ResourceType, KindSchema> schemas) {
    private static final List<String> READ_WRITE = List.of("get", "patch", "update");

    static ServedResource named(ResourceType type, String... shortNames) {
        return ServedResource.stored(type).withShortNames(shortNames);
    }

    static Sub status(ResourceType type) {
        return new Sub("status", type.apiVersion(), type.kind(), READ_WRITE);
    }

    /** Rules of most kinds that a controller acts on. */
    static Traits workload() {
        return Traits.PLAIN.withStatus().withGeneration();
    }

    Kind kind(ServedResource served, KindRules rules) {
        return Kind.of(served, rules).with(schemas.apply(served.type()));
    }

    /** A kind that its type and its rules tell all of, {@code status} included. */
    Kind kind(ResourceType type, KindRules rules, String... shortNames) {
        var served = named(type, shortNames);
        return kind(rules.hasStatus() ? served.withSubresources(status(type)) : served, rules);
    }

    /** A kind with {@code status} and {@code scale}. */
    Kind scaled(ResourceType type, String shortName, KindRules rules) {
        var served = named(type, shortName).withCategories("all").withSubresources(
                new Sub("scale", "autoscaling/v1", "Scale", READ_WRITE), status(type));
        return kind(served, rules).with(Map.of("scale", new ScaleSubresource(new WorkloadScale())));
    }
}
