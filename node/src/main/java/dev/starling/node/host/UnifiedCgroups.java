package dev.starling.node.host;

import dev.starling.node.runtime.ResourceLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Version 2: one tree, in which every group hands its controllers on to the groups below it. */
final class UnifiedCgroups implements Cgroups {
    private static final List<String> CONTROLLERS = List.of("cpuset", "cpu", "io", "memory", "pids");
    private static final long DEFAULT_PERIOD_MICROS = 100_000;
    private static final long DEFAULT_WEIGHT = 100;
    private static final long MICROS_TO_NANOS = 1000;

    private final Path root;

    UnifiedCgroups(Path root) {
        this.root = root;
    }

    @Override
    public int version() {
        return 2;
    }

    @Override
    public void create(String group) {
        CgroupFiles.create(root.resolve(group));
        Path level = root;
        handOn(level);
        for (Path name : Path.of(group)) {
            level = level.resolve(name);
            handOn(level);
        }
    }

    private static void handOn(Path folder) {
        List<String> available = words(folder.resolve("cgroup.controllers"));
        List<String> handed = words(folder.resolve("cgroup.subtree_control"));
        for (String controller : CONTROLLERS) {
            if (available.contains(controller) && !handed.contains(controller)) {
                CgroupFiles.write(folder.resolve("cgroup.subtree_control"), "+" + controller);
            }
        }
    }

    private static List<String> words(Path file) {
        return Arrays.asList(CgroupFiles.read(file).strip().split(" "));
    }

    @Override
    public void limit(String group, ResourceLimits limits) {
        Path folder = root.resolve(group);
        long period = limits.cpuPeriodMicros() == 0 ? DEFAULT_PERIOD_MICROS : limits.cpuPeriodMicros();
        CgroupFiles.write(folder.resolve("cpu.weight"), Long.toString(weight(limits.cpuShares())));
        CgroupFiles.write(folder.resolve("cpu.max"), unlimited(limits.cpuQuotaMicros()) + " " + period);
        CgroupFiles.write(folder.resolve("memory.max"), unlimited(limits.memoryBytes()));
    }

    /** Shares of 2 to 262144 become weights of 1 to 10000 by the same straight line that OCI runtimes use. */
    static long weight(long shares) {
        return shares == 0 ? DEFAULT_WEIGHT : 1 + (shares - 2) * 9999 / 262_142;
    }

    private static String unlimited(long limit) {
        return limit == 0 ? "max" : Long.toString(limit);
    }

    @Override
    public boolean attachAgain(String group, long process) {
        return CgroupFiles.attachAgain(root.resolve(group), process);
    }

    @Override
    public Usage usage(String group) {
        Path folder = root.resolve(group);
        long used = CgroupFiles.number(folder.resolve("memory.current"));
        long idle = CgroupFiles.keyed(folder.resolve("memory.stat"), "inactive_file");
        long cpu = CgroupFiles.keyed(folder.resolve("cpu.stat"), "usage_usec") * MICROS_TO_NANOS;
        return new Usage(cpu, Math.max(0, used - idle));
    }

    @Override
    public List<String> children(String group) {
        return CgroupFiles.children(root.resolve(group));
    }

    @Override
    public List<Long> processes(String group) {
        return CgroupFiles.processes(root.resolve(group));
    }

    @Override
    public List<String> remove(String group) {
        Path folder = root.resolve(group);
        return Files.exists(folder) ? CgroupFiles.remove(folder) : List.of();
    }
}
