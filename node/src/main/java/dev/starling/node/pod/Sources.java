package dev.starling.node.pod;

import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Optional;

/** The objects that pods refer to, as informers hold them: reading costs no request. Thread-safe. */
public interface Sources {

    Optional<KubeObject> find(ResourceType type, String namespace, String name);

    /** All objects of a namespace. */
    List<KubeObject> in(ResourceType type, String namespace);
}
