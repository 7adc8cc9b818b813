package dev.starling.control.namespace;

import dev.starling.control.workload.Conditions;
import dev.starling.control.workload.Conditions.Said;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * What is left in a namespace that is being deleted, and how its conditions tell of it. Pure.
 *
 * @param objects how many, by resource
 * @param finalizers how many objects wait for each
 * @param refusals why something could not be deleted
 */
record Remains(Map<String, Integer> objects, Map<String, Integer> finalizers, Collection<String> refusals) {

    static Remains of(Map<String, Collection<KubeObject>> byResource, Collection<String> refusals) {
        var objects = new TreeMap<String, Integer>();
        var finalizers = new TreeMap<String, Integer>();
        byResource.forEach((resource, found) -> {
            if (!found.isEmpty()) {
                objects.put(resource, found.size());
            }
            found.stream().flatMap(object -> object.finalizers().stream())
                    .forEach(finalizer -> finalizers.merge(finalizer, 1, Integer::sum));
        });
        return new Remains(objects, finalizers, refusals);
    }

    boolean none() {
        return objects.isEmpty() && refusals.isEmpty();
    }

    Conditions told(Conditions before, Instant now) {
        var told = before
                .with(Said.no("NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered",
                        "All resources successfully discovered"), now)
                .with(Said.no("NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions",
                        "All legacy kube types successfully parsed"), now)
                .with(refusals.isEmpty() ? Said.no("NamespaceDeletionContentFailure", "ContentDeleted",
                        "All content successfully deleted, may be waiting on finalization")
                        : Said.yes("NamespaceDeletionContentFailure", "ContentDeletionFailed",
                        "Failed to delete all resource types, " + refusals.size() + " remaining: "
                        + String.join(", ", refusals)), now);
        return told.with(objects.isEmpty()
                ? Said.no("NamespaceContentRemaining", "ContentRemoved", "All content successfully removed")
                : Said.yes("NamespaceContentRemaining", "SomeResourcesRemain", "Some resources are remaining: "
                        + list(objects, (resource, count) -> resource + " has " + count + " resource instances")), now)
                .with(finalizers.isEmpty() ? Said.no("NamespaceFinalizersRemaining", "ContentHasNoFinalizers",
                        "All content-preserving finalizers finished")
                : Said.yes("NamespaceFinalizersRemaining", "SomeFinalizersRemain",
                        "Some content in the namespace has finalizers remaining: "
                        + list(finalizers, (name, count) -> name + " in " + count + " resource instances")), now);
    }

    private static String list(Map<String, Integer> counts, BiFunction<String, Integer, String> text) {
        return counts.entrySet().stream().map(e -> text.apply(e.getKey(), e.getValue()))
                .collect(Collectors.joining(", "));
    }
}
