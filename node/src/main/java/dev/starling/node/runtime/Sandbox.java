package dev.starling.node.runtime;

import java.time.Instant;
import java.util.Map;

/**
 * One sandbox as the runtime sees it now.
 *
 * @param ip its address, or empty once it is stopped
 * @param netns path of its network namespace, valid in the host's view; empty where there is none
 * @param cgroupParent the pod's cgroup, relative to the cgroup root; empty where there is none
 * @param podUid the pod that it was last specialised for, or empty while it is nobody's
 * @param ready false once it is stopped or its first process has died
 */
public record Sandbox(String id, String name, String handler, boolean ready, String ip, String netns,
                      String cgroupParent, String podUid, Map<String, String> labels, Instant created) {
    public Sandbox {
        labels = Map.copyOf(labels);
    }
}
