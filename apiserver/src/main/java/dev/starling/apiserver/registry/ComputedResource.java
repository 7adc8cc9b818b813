package dev.starling.apiserver.registry;

import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Optional;

/** A resource that is worked out when it is asked for: it is not in the store, and can be
 * read and, at most, removed. */
public non-sealed interface ComputedResource extends Resource {

    ResourceType type();

    @Override
    default ServedResource served() {
        return ServedResource.computed(type(), removable());
    }

    /** The warning that every request for it is answered with; empty for none. */
    default String deprecation() {
        return "";
    }

    /** The objects of a namespace, or of all of them for the empty text, in any order. */
    List<KubeObject> list(String namespace);

    Optional<KubeObject> find(String namespace, String name);

    /** Whether {@link #remove} does anything but refuse. */
    default boolean removable() {
        return false;
    }

    /** Removes what was found; only called for resources that are removable. */
    default void remove(String namespace, String name) {
        throw new UnsupportedOperationException("nothing of " + type() + " can be removed");
    }
}
