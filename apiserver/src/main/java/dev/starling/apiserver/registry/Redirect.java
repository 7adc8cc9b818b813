package dev.starling.apiserver.registry;

import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Locale;

/**
 * A type whose creations are done by a subresource of the object that they name: {@code bindings} by the
 * {@code binding} of a pod.
 */
public record Redirect(ResourceType type, ResourceType target, String subresource) implements Resource {

    @Override
    public ServedResource served() {
        return new ServedResource(type, type.kind().toLowerCase(Locale.ROOT), List.of("create"), List.of(), List.of(),
                List.of(), false);
    }

    ObjectKey key(String namespace, KubeObject body) {
        return target.key(namespace, body.name()).sub(subresource);
    }
}
