package dev.starling.apiserver.registry;

import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Optional;

/** The newest state of what is stored, for rules that look at other objects. Never waits for the disk. */
public interface ObjectReader {

    Optional<KubeObject> find(ObjectKey key);

    /** Everything of a type, in a namespace or, for the empty text, in all. */
    List<KubeObject> all(ResourceType type, String namespace);
}
