package dev.starling.kube.api;

import dev.starling.kube.object.FieldSelector;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.ResourceType;

/**
 * Which changes to watch.
 *
 * @param namespace empty for all namespaces
 * @param resourceVersion changes after this one; empty or {@code 0}: first every present object as ADDED
 * @param bookmarks whether BOOKMARK events tell of progress
 * @param initial what comes before the changes ({@code sendInitialEvents})
 */
public record WatchQuery(ResourceType type, String namespace, LabelSelector labels, FieldSelector fields,
        String resourceVersion, boolean bookmarks, Initial initial) {

    /** What a watch tells before the changes. */
    public enum Initial {
        /** Every present object as ADDED where the resourceVersion is unset or 0, else nothing. */
        UNSET,
        /** Every present object as ADDED, then a bookmark annotated {@code k8s.io/initial-events-end}, if wanted. */
        SEND,
        /** Nothing; changes after the resourceVersion, or from now on. */
        OMIT
    }


    public static WatchQuery after(ResourceType type, String namespace, String resourceVersion) {
        return new WatchQuery(type, namespace, LabelSelector.ALL, FieldSelector.ALL, resourceVersion, true,
                Initial.UNSET);
    }

    public WatchQuery with(LabelSelector labelSelector, FieldSelector fieldSelector) {
        return new WatchQuery(type, namespace, labelSelector, fieldSelector, resourceVersion, bookmarks, initial);
    }
}
