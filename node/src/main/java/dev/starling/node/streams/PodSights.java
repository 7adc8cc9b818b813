package dev.starling.node.streams;

import java.util.Optional;

/** The pods of a node, by namespace and name. */
public interface PodSights {
    Optional<PodSight> sight(String namespace, String name);
}
