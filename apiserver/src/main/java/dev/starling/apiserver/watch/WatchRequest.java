package dev.starling.apiserver.watch;

import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What a watch shall tell.
 *
 * @param scope the keys of the type in the store, and the narrower prefix that is watched
 * @param filter which objects the reader sees; an object that starts or stops matching is ADDED or DELETED for it
 * @param after the revision after which changes are told; 0: first every present object
 * @param bookmarks whether progress is told
 * @param initialEnd whether a bookmark tells that every present object was told
 */
public record WatchRequest(Scope scope, Predicate<KubeObject> filter, long after, boolean bookmarks,
        boolean initialEnd) {

    /**
     * A resource type and its place in the store.
     *
     * @param view what the reader sees of a stored object; the filter sees that, too
     */
    public record Scope(ResourceType type, String typePrefix, String prefix, UnaryOperator<KubeObject> view) {
    }
}
