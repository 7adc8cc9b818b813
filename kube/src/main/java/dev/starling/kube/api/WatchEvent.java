package dev.starling.kube.api;

import dev.starling.kube.object.KubeObject;

/**
 * One change. The object of a BOOKMARK has a kind and a resourceVersion only; the object of an ERROR is a
 * {@code Status}.
 */
public record WatchEvent(Type type, KubeObject object) {

    /** The {@code type} of a watch event. */
    public enum Type { ADDED, MODIFIED, DELETED, BOOKMARK, ERROR }

    public static WatchEvent error(ApiException refusal) {
        return new WatchEvent(Type.ERROR, KubeObject.of(refusal.status()));
    }
}
