package dev.starling.node.host;

import dev.starling.node.runtime.ResourceLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Version 1: a tree per controller, so a group is a folder in each of them. */
final class LegacyCgroups implements Cgroups {
    private static final long DEFAULT_SHARES = 1024;
    private static final long DEFAULT_PERIOD_MICROS = 100_000;

    private final Path root;

    LegacyCgroups(Path root) {
        this.root = root;
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public void create(String group) {
        for (String controller : List.of("cpu", "cpuacct", "memory")) {
            CgroupFiles.create(root.resolve(controller).resolve(group));
        }
    }

    @Override
    public void limit(String group, ResourceLimits limits) {
        Path cpu = root.resolve("cpu").resolve(group);
        long shares = limits.cpuShares() == 0 ? DEFAULT_SHARES : limits.cpuShares();
        long period = limits.cpuPeriodMicros() == 0 ? DEFAULT_PERIOD_MICROS : limits.cpuPeriodMicros();
        CgroupFiles.write(cpu.resolve("cpu.shares"), Long.toString(shares));
        CgroupFiles.write(cpu.resolve("cpu.cfs_period_us"), Long.toString(period));
        CgroupFiles.write(cpu.resolve("cpu.cfs_quota_us"), unlimited(limits.cpuQuotaMicros()));
        Path memory = root.resolve("memory").resolve(group);
        CgroupFiles.write(memory.resolve("memory.limit_in_bytes"), unlimited(limits.memoryBytes()));
    }

    private static String unlimited(long limit) {
        return limit == 0 ? "-1" : Long.toString(limit);
    }

    @Override
    public boolean attachAgain(String group, long process) {
        return CgroupFiles.attachAgain(root.resolve("cpu").resolve(group), process);
    }

    @Override
    public Usage usage(String group) {
        Path memory = root.resolve("memory").resolve(group);
        long used = CgroupFiles.number(memory.resolve("memory.usage_in_bytes"));
        long idle = CgroupFiles.keyed(memory.resolve("memory.stat"), "total_inactive_file");
        long cpu = CgroupFiles.number(root.resolve("cpuacct").resolve(group).resolve("cpuacct.usage"));
        return new Usage(cpu, Math.max(0, used - idle));
    }

    @Override
    public List<String> children(String group) {
        return CgroupFiles.children(root.resolve("cpuacct").resolve(group));
    }

    @Override
    public List<Long> processes(String group) {
        Set<Long> found = new LinkedHashSet<>();
        for (Path controller : controllers()) {
            found.addAll(CgroupFiles.processes(controller.resolve(group)));
        }
        return List.copyOf(found);
    }

    @Override
    public List<String> remove(String group) {
        List<String> left = new ArrayList<>();
        for (Path controller : controllers()) {
            left.addAll(CgroupFiles.remove(controller.resolve(group)));
        }
        return left;
    }

    /** Controllers mounted together are reachable by several names; each folder counts once. */
    private Set<Path> controllers() {
        Set<Path> folders = new LinkedHashSet<>();
        for (String name : CgroupFiles.children(root)) {
            try {
                folders.add(root.resolve(name).toRealPath());
            } catch (IOException e) {
                folders.remove(root.resolve(name));
            }
        }
        return folders;
    }
}
