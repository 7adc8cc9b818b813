package dev.starling.node.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * @param name of the Node object
 * @param address of the host, as pods see it in {@code status.hostIP}
 * @param labels beside those that every virtual node has
 * @param taint whether the node is tainted {@code virtual-kubelet.io/provider=starling:NoSchedule}
 * @param dataFolder where files of pods are kept
 * @param files whether containers see files; without that none are made for them
 * @param memoryFolder a folder in memory for {@code emptyDir.medium: Memory}
 * @param heartbeat how often the Lease is renewed
 * @param removeAtStop whether a graceful stop deletes the Node object instead of marking it as not ready
 */
public record NodeSettings(String name, String address, Map<String, String> labels, boolean taint, Path dataFolder,
        boolean files, Optional<Path> memoryFolder, Duration heartbeat, boolean removeAtStop) {

    public NodeSettings {
        labels = Map.copyOf(labels);
        if (name.isEmpty() || heartbeat.isNegative() || heartbeat.isZero()) {
            throw new IllegalArgumentException("a node needs a name and a heartbeat");
        }
    }

    public static NodeSettings of(String name, String address, Path dataFolder) {
        return new NodeSettings(name, address, Map.of(), false, dataFolder, true, Optional.empty(),
                Duration.ofSeconds(10), false);
    }

    public NodeSettings withMemoryFolder(Path folder) {
        return new NodeSettings(name, address, labels, taint, dataFolder, files, Optional.of(folder), heartbeat,
                removeAtStop);
    }

    public NodeSettings withTaint(boolean tainted) {
        return new NodeSettings(name, address, labels, tainted, dataFolder, files, memoryFolder, heartbeat,
                removeAtStop);
    }

    public NodeSettings withoutFiles() {
        return new NodeSettings(name, address, labels, taint, dataFolder, false, memoryFolder, heartbeat,
                removeAtStop);
    }
}
