package dev.starling.apiserver.registry;

import dev.starling.kube.object.KubeObject;
import java.util.List;

/**
 * Between the version in which a kind's objects are stored and the one that a client speaks. An object in the store
 * tells by its apiVersion in which version it was stored. May call out, so that it is never used by the thread that
 * commits. Refuses with an {@link dev.starling.kube.api.ApiException}.
 */
public interface Conversion {
    /** Of kinds that are stored as they are served. */
    Conversion NONE = new Conversion() {
        @Override
        public List<KubeObject> served(List<KubeObject> stored) {
            return stored;
        }
    };

    /** A client's object as it shall be stored. */
    default KubeObject stored(KubeObject served) {
        return served;
    }

    /** A stored object as the client's version shows it. */
    default KubeObject served(KubeObject stored) {
        return stored;
    }

    /** Many at once, in order. */
    default List<KubeObject> served(List<KubeObject> stored) {
        return stored.stream().map(this::served).toList();
    }

    /** Whether another server is asked, so that whoever converts may have to wait. */
    default boolean callsOut() {
        return false;
    }

    /** Whether an object lies in the store in a version that it would no more be stored in. */
    default boolean outdated(KubeObject stored) {
        return false;
    }
}
