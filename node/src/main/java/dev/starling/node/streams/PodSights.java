package dev.starling.node.streams;

import java.util.List;
import java.util.Optional;

/** The pods of one or more nodes as these know them now. Thread-safe, and never waits. */
public interface PodSights {
    Optional<PodSight> sight(String namespace, String name);

    /** All pods that have an agent now. */
    List<PodSight> sights();
}
