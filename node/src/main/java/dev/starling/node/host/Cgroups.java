package dev.starling.node.host;

import dev.starling.node.runtime.ResourceLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The control groups of the machine. Groups are named by their path below the root, such as {@code
 * starling-1a2b3c4d/pod}. Both versions of the kernel's interface are served; a machine that mounts version 1
 * controllers and an empty version 2 tree counts as version 1.
 */
public interface Cgroups {
    /**
     * Finds out which version the machine uses, from what is mounted at {@code root}, normally {@code /sys/fs/cgroup}.
     */
    static Cgroups detect(Path root) {
        return Files.exists(root.resolve("cgroup.controllers")) ? new UnifiedCgroups(root) : new LegacyCgroups(root);
    }

    int version();

    /** Makes a group that holds groups of pods, with every controller that they need. Making it again is no error. */
    void create(String group);

    /** Bounds an existing group; a limit that is none is lifted. */
    void limit(String group, ResourceLimits limits);

    /**
     * Attaches a process to the group that it is in already. Changes nothing, but takes the way through the kernel that
     * every attachment takes. Answers false if it is not there.
     */
    boolean attachAgain(String group, long process);

    /** What a group and all below it use. A group that is gone uses nothing. */
    Usage usage(String group);

    List<String> children(String group);

    /** The processes in the group and all below it. */
    List<Long> processes(String group);

    /**
     * Kills nothing: removes the group and all below it, wherever no process is left. Answers what could not be
     * removed.
     */
    List<String> remove(String group);

    record Usage(long cpuNanos, long workingSetBytes) {
        public static final Usage NONE = new Usage(0, 0);
    }
}
