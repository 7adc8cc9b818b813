package dev.starling.apiserver.registry;

import dev.starling.kube.object.ResourceType;
import java.util.List;

/**
 * One resource as discovery names it.
 *
 * @param verbs in discovery's order, for example {@code create, delete, deletecollection, get, list, patch, …}
 * @param returnsDeleted whether a deletion answers the object instead of a {@code Status}
 */
public record ServedResource(ResourceType type, String singular, List<String> verbs, List<String> shortNames,
        List<String> categories, List<Sub> subresources, boolean returnsDeleted) {
    /** The verbs of a stored resource. */
    public static final List<String> ALL_VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
    /** The verbs of a computed resource. */
    public static final List<String> READ_VERBS = List.of("get", "list");

    public ServedResource {
        verbs = List.copyOf(verbs);
        shortNames = List.copyOf(shortNames);
        categories = List.copyOf(categories);
        subresources = List.copyOf(subresources);
    }

    /**
     * A subresource.
     *
     * @param name {@code status}, {@code scale}, {@code log}, …
     * @param apiVersion of the kind that it speaks, for example {@code autoscaling/v1}
     */
    public record Sub(String name, String apiVersion, String kind, List<String> verbs) {
        public Sub {
            verbs = List.copyOf(verbs);
        }
    }

    public static ServedResource stored(ResourceType type) {
        return new ServedResource(type, type.kind().toLowerCase(java.util.Locale.ROOT), ALL_VERBS, List.of(),
                List.of(), List.of(), false);
    }

    /** @param removable whether it can be deleted, too */
    public static ServedResource computed(ResourceType type, boolean removable) {
        var verbs = removable ? List.of("delete", "get", "list") : READ_VERBS;
        return new ServedResource(type, "", verbs, List.of(), List.of(), List.of(), false);
    }

    public ServedResource withShortNames(String... names) {
        return new ServedResource(type, singular, verbs, List.of(names), categories, subresources, returnsDeleted);
    }

    public ServedResource withCategories(String... names) {
        return new ServedResource(type, singular, verbs, shortNames, List.of(names), subresources, returnsDeleted);
    }

    public ServedResource withSubresources(Sub... subs) {
        return new ServedResource(type, singular, verbs, shortNames, categories, List.of(subs), returnsDeleted);
    }

    public ServedResource returningDeleted() {
        return new ServedResource(type, singular, verbs, shortNames, categories, subresources, true);
    }
}
