package dev.starling.kube.api;

import dev.starling.kube.object.KubeObject;
import java.util.List;

/**
 * One page of a collection.
 *
 * @param resourceVersion the revision at which the collection was read; a watch may follow from it
 * @param continueToken asks for the next page; empty on the last
 * @param remaining how many objects follow this page; 0 where that is unknown
 */
public record ObjectList(List<KubeObject> items, String resourceVersion, String continueToken, long remaining) {
    public ObjectList {
        items = List.copyOf(items);
    }
}
