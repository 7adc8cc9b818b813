package dev.starling.control.scheduler;

import dev.starling.control.workload.Pods;
import dev.starling.kube.object.KubeObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Which pods name which PodGroup, but those that ended. Owned by one thread. */
final class Groups {
    private final Map<String, Set<String>> pods = new HashMap<>();

    /** Takes a change of a pod; gives whether a group has one more. */
    boolean note(Optional<KubeObject> before, Optional<KubeObject> after) {
        var was = before.flatMap(Groups::counted);
        var is = after.flatMap(Groups::counted);
        if (was.equals(is)) {
            return false;
        }
        was.ifPresent(group -> pods.computeIfPresent(group, (g, keys) -> {
            keys.remove(before.orElseThrow().namespacedName());
            return keys.isEmpty() ? null : keys;
        }));
        is.ifPresent(group -> pods.computeIfAbsent(group, g -> new TreeSet<>())
                .add(after.orElseThrow().namespacedName()));
        return is.isPresent();
    }

    private static Optional<String> counted(KubeObject pod) {
        return Pods.active(pod) ? Gang.of(pod) : Optional.empty();
    }

    /** The pods of a group, by name. */
    Set<String> of(String group) {
        return pods.getOrDefault(group, Set.of());
    }
}
