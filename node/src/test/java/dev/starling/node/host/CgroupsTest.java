package dev.starling.node.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.starling.node.runtime.ResourceLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CgroupsTest {
    private static final ResourceLimits HALF_A_CORE = ResourceLimits.of(500, 500, 64 << 20);

    @TempDir
    private Path root;

    private void file(String path, String content) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), content);
    }

    private String read(String path) throws IOException {
        return Files.readString(root.resolve(path));
    }

    @Test
    void limitsByVersionOne() throws IOException {
        Cgroups cgroups = Cgroups.detect(root);
        cgroups.create("all/pod");
        cgroups.limit("all/pod", HALF_A_CORE);
        assertEquals(1, cgroups.version());
        assertEquals("512", read("cpu/all/pod/cpu.shares"));
        assertEquals("50000", read("cpu/all/pod/cpu.cfs_quota_us"));
        assertEquals("100000", read("cpu/all/pod/cpu.cfs_period_us"));
        assertEquals("67108864", read("memory/all/pod/memory.limit_in_bytes"));
        cgroups.limit("all/pod", ResourceLimits.NONE);
        assertEquals("-1", read("cpu/all/pod/cpu.cfs_quota_us"));
        assertEquals("-1", read("memory/all/pod/memory.limit_in_bytes"));
    }

    @Test
    void measuresByVersionOne() throws IOException {
        file("cpuacct/all/pod/cpuacct.usage", "123456789\n");
        file("memory/all/pod/memory.usage_in_bytes", "9000\n");
        file("memory/all/pod/memory.stat", "inactive_file 1\ntotal_inactive_file 4000\n");
        Cgroups cgroups = Cgroups.detect(root);
        assertEquals(new Cgroups.Usage(123_456_789, 5000), cgroups.usage("all/pod"));
        assertEquals(Cgroups.Usage.NONE, cgroups.usage("all/gone"));
        assertEquals(List.of("pod"), cgroups.children("all"));
        file("cpu/all/pod/cgroup.procs", "41\n42\n");
        assertFalse(cgroups.attachAgain("all/pod", 2));
        assertEquals("41\n42\n", read("cpu/all/pod/cgroup.procs"));
        assertTrue(cgroups.attachAgain("all/pod", 42));
        assertFalse(cgroups.attachAgain("all/gone", 42));
    }

    @Test
    void limitsByVersionTwo() throws IOException {
        file("cgroup.controllers", "cpuset cpu io memory pids misc\n");
        Cgroups cgroups = Cgroups.detect(root);
        cgroups.create("all/pod");
        cgroups.limit("all/pod", HALF_A_CORE);
        assertEquals(2, cgroups.version());
        assertEquals("50000 100000", read("all/pod/cpu.max"));
        assertEquals("67108864", read("all/pod/memory.max"));
        assertEquals("20", read("all/pod/cpu.weight"));
        cgroups.limit("all/pod", ResourceLimits.NONE);
        assertEquals("max 100000", read("all/pod/cpu.max"));
        assertEquals("max", read("all/pod/memory.max"));
        assertEquals("100", read("all/pod/cpu.weight"));
    }

    @Test
    void measuresByVersionTwo() throws IOException {
        file("cgroup.controllers", "cpu memory\n");
        file("all/pod/cpu.stat", "usage_usec 5000\nuser_usec 1\n");
        file("all/pod/memory.current", "9000\n");
        file("all/pod/memory.stat", "anon 1\ninactive_file 4000\n");
        assertEquals(new Cgroups.Usage(5_000_000, 5000), Cgroups.detect(root).usage("all/pod"));
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "1024, 39", "262144, 10000"})
    void turnsSharesIntoWeights(long shares, long weight) {
        assertEquals(weight, UnifiedCgroups.weight(shares));
    }

    @Test
    void makesAndRemovesRealGroupsOfVersionTwo() {
        Path mounted = List.of(Path.of("/sys/fs/cgroup"), Path.of("/sys/fs/cgroup/unified")).stream()
            .filter(path -> Files.isWritable(path.resolve("cgroup.procs"))
                && Files.exists(path.resolve("cgroup.controllers"))).findFirst().orElse(Path.of("/none"));
        assumeTrue(Files.exists(mounted), "needs root and a mounted cgroup2 tree");
        Cgroups cgroups = Cgroups.detect(mounted);
        String group = "starling-test-" + ProcessHandle.current().pid();
        cgroups.create(group + "/pod");
        assertTrue(Files.exists(mounted.resolve(group).resolve("pod/cgroup.procs")));
        assertEquals(List.of("pod"), cgroups.children(group));
        assertFalse(cgroups.attachAgain(group + "/gone", ProcessHandle.current().pid()));
        assertEquals(List.of(), cgroups.remove(group));
        assertTrue(Files.notExists(mounted.resolve(group)));
        assertEquals(List.of(), cgroups.remove(group));
    }

    @Test
    void namesTheGroupsThatStay() throws IOException {
        file("cpu/all/pod/held", "");
        assertEquals(List.of(root.resolve("cpu/all/pod").toString(), root.resolve("cpu/all").toString()),
            Cgroups.detect(root).remove("all"));
    }
}
