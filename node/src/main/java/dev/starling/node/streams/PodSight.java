package dev.starling.node.streams;

import dev.starling.node.pod.PodFolders;
import dev.starling.node.pod.PodView;
import dev.starling.node.runtime.ContainerRuntime;
import dev.starling.node.runtime.ContainerStatus;
import java.util.Map;

/**
 * One pod as its node knows it now.
 *
 * @param sandboxId empty where it has none
 * @param containers the newest attempt of each container that the node knows of
 */
public record PodSight(PodView pod, String sandboxId, Map<String, ContainerStatus> containers, Host host) {
    public PodSight {
        containers = Map.copyOf(containers);
    }

    /** Where the containers of a pod run and its files are. */
    public record Host(ContainerRuntime runtime, PodFolders folders) {
    }
}
