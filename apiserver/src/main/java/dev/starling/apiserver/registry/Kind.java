package dev.starling.apiserver.registry;

import dev.starling.kube.object.ResourceType;
import java.util.Map;

/**
 * All that makes one stored kind: its discovery entry, its schema, its few rules, and the subresources that are more
 * than a view of the object. {@code status} is no entry here: {@link KindRules#hasStatus} tells of it.
 */
public record Kind(ServedResource served, KindSchema schema, KindRules rules, Map<String, Subresource> subresources) {
    public Kind {
        subresources = Map.copyOf(subresources);
    }

    public static Kind of(ServedResource served, KindRules rules) {
        return new Kind(served, KindSchema.OPEN, rules, Map.of());
    }

    public Kind with(KindSchema other) {
        return new Kind(served, other, rules, subresources);
    }

    public ResourceType type() {
        return served.type();
    }
}
