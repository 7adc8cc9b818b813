package dev.starling.node.cri;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.starling.node.cri.proto.Cri;
import dev.starling.node.host.Cgroups;
import dev.starling.node.host.Commands;
import dev.starling.node.host.InstanceNames;
import dev.starling.node.runtime.ContainerRuntime;
import dev.starling.node.runtime.ContainerRuntimeContract;
import dev.starling.node.runtime.ContainerSpec;
import dev.starling.node.runtime.ContainerStatus;
import dev.starling.node.runtime.Eventually;
import dev.starling.node.runtime.ExecRequest;
import dev.starling.node.runtime.ExecResult;
import dev.starling.node.runtime.Image;
import dev.starling.node.runtime.ImagePullException;
import dev.starling.node.runtime.RegistryCredentials;
import dev.starling.node.runtime.ResourceLimits;
import dev.starling.node.runtime.Sandbox;
import dev.starling.node.runtime.SandboxUsage;
import dev.starling.node.runtime.Security;
import dev.starling.node.runtime.StartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CriRuntimeTest extends ContainerRuntimeContract {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private static Path folder;

    private CriRuntime runtime;

    @BeforeAll
    void open() {
        RealMachine.required();
        runtime = CriRuntime.open(ContainerdSettings.in(folder));
        RealMachine.importImage(runtime, folder);
    }

    @AfterAll
    void leavesNothingBehind() {
        if (runtime != null) {
            runtime.shutdown();
            assertEquals(List.of(), RealMachine.traces(folder));
        }
    }

    @Override
    protected ContainerRuntime runtime() {
        return runtime;
    }

    @Override
    protected ContainerSpec running(String name) {
        return RealMachine.shell(name, "trap 'exit 0' TERM; while :; do busybox sleep 0.1; done", folder);
    }

    @Override
    protected ContainerSpec exiting(String name, int code) {
        return RealMachine.shell(name, "echo ends with " + code + "; exit " + code, folder);
    }

    @Override
    protected ContainerSpec unstartable(String name) {
        return ContainerSpec.of(name, RealMachine.IMAGE, List.of("/no/such/command"), folder.resolve("logs/no.log"));
    }

    @Override
    protected String absentImage() {
        return "127.0.0.1:1/absent:1";
    }

    @Override
    protected Path folder() {
        return folder;
    }

    private String output(String id, String script) {
        ExecResult result = runtime.exec(id, List.of("/bin/sh", "-c", script), SOON);
        assertEquals(0, result.exitCode(), result.stderr());
        return result.stdout().strip();
    }

    @Test
    void knowsItsMachine() {
        assertEquals("containerd", runtime.facts().name());
        assertFalse(runtime.facts().handlers().isEmpty());
        assertTrue(runtime.facts().memoryBytes() > 0);
    }

    @Test
    void losesNoCallWhenItsConnectionIsReplaced() {
        Path socket = InstanceNames.of(folder).runFolder().resolve("c.sock");
        try (CriConnection connection = new CriConnection(socket, 20);
             ExecutorService callers = Executors.newFixedThreadPool(4)) {
            Cri.VersionRequest request = Cri.VersionRequest.getDefaultInstance();
            List<Future<String>> answers = IntStream.range(0, 200).mapToObj(_ -> callers.submit(
                () -> connection.runtime(SOON, stub -> stub.version(request)).getRuntimeName())).toList();
            callers.shutdown();
            Eventually.holds("all are answered", () -> answers.stream().allMatch(Future::isDone));
            assertEquals(Set.of("containerd"), answers.stream().map(Future::resultNow).collect(Collectors.toSet()));
        }
    }

    @Test
    void letsACallThatIsJustBeginningGoOnWhenItsConnectionIsReplaced() {
        Path socket = InstanceNames.of(folder).runFolder().resolve("c.sock");
        Cri.VersionRequest request = Cri.VersionRequest.getDefaultInstance();
        try (CriConnection connection = new CriConnection(socket, 1)) {
            String name = connection.runtime(SOON, early -> {
                connection.runtime(SOON, late -> late.version(request));
                return early.version(request);
            }).getRuntimeName();
            assertEquals("containerd", name);
        }
    }

    @Test
    void takesThePlaceOfAContainerThatWasNeverStarted() {
        Sandbox sandbox = sandbox("twice");
        String first = runtime.createContainer(sandbox.id(), running("main"));
        String second = runtime.createContainer(sandbox.id(), running("main"));
        assertTrue(runtime.container(first).isEmpty());
        runtime.startContainer(second);
        assertThrows(StartException.class, () -> runtime.createContainer(sandbox.id(), running("main")));
    }

    @Test
    void podsReachEachOtherAndTheHost() {
        Sandbox one = sandbox("near");
        Sandbox two = sandbox("far");
        String first = started(one, running("main"));
        started(two, RealMachine.shell("server",
            "while :; do echo pong | busybox nc -l -p 8080; done", folder));
        Eventually.holds("the other pod answers",
            () -> runtime.exec(first, List.of("/bin/sh", "-c", "busybox nc " + two.ip() + " 8080 </dev/null"), SOON)
                .stdout().contains("pong"));
        output(first, "busybox ping -c 1 -W 2 " + runtime.facts().hostAddress());
        assertTrue(Commands.attempt("", List.of("busybox", "ping", "-c", "1", "-W", "2", one.ip())).succeeded());
        assertTrue(output(first, "busybox ip route").startsWith("default via " + runtime.facts().hostAddress()));
    }

    @Test
    void makesAClaimedSandboxThePodsOwn() throws IOException {
        Sandbox sandbox = sandbox("generic");
        runtime.specialise(sandbox.id(), identity("web-0", ResourceLimits.of(250, 500, 128 << 20)));
        String id = started(sandbox, running("main"));
        assertEquals("web-0 web-0", output(id, "echo $(busybox hostname) $HOSTNAME"));
        String hosts = output(id, "busybox cat /etc/hosts");
        assertTrue(hosts.contains(sandbox.ip() + "\tweb-0.heads.default.svc.cluster.local\tweb-0")
                && hosts.contains("192.0.2.7\tneighbour"), hosts);
        assertEquals("search default.svc.cluster.local\nnameserver 192.0.2.53\noptions ndots:5",
            output(id, "busybox cat /etc/resolv.conf"));
        long first = Long.parseLong(new String(read(bundles().resolve(sandbox.id()).resolve("init.pid"))).strip());
        assertTrue(Cgroups.detect(Path.of("/sys/fs/cgroup")).attachAgain(sandbox.cgroupParent() + "/" + sandbox.id(),
            first), "the sandbox's process is not where it is looked for");
        if (runtime.facts().cgroupVersion() == 1) {
            Path limit = Path.of("/sys/fs/cgroup/memory", sandbox.cgroupParent(), "memory.limit_in_bytes");
            assertEquals(Long.toString(128 << 20), Files.readString(limit).strip());
        }
    }

    @Test
    void givesAContainerWhatItsSpecSays() throws IOException {
        Path shared = Files.createDirectories(folder.resolve("shared"));
        Files.writeString(shared.resolve("greeting"), "hello");
        ContainerSpec plain = running("main");
        String id = started(sandbox("spec"), new ContainerSpec("main", 0, "starling-test:1", plain.command(), List.of(),
            List.of(new ContainerSpec.EnvVar("COLOUR", "blue")),
            List.of(new ContainerSpec.Mount(shared, "/data", true)), "/tmp", ContainerSpec.Terminal.NONE,
            ResourceLimits.of(100, 200, 32 << 20), new Security("web", "", List.of(44L), false, true, true, List.of(),
            List.of("ALL")), plain.logPath(), Map.of("a", "b"), Map.of("c", "d")));
        assertEquals("blue hello /tmp", output(id, "echo $COLOUR $(busybox cat /data/greeting) $(busybox pwd)"));
        assertEquals("33 1", output(id, "echo $(busybox id -u) $(busybox id -G | busybox grep -c 44)"));
        assertTrue(output(id, "busybox touch /data/new 2>&1; busybox touch /new 2>&1; echo").contains("Read-only"));
        assertEquals(Map.of("a", "b"), status(id).labels());
        assertEquals(Map.of("c", "d"), status(id).annotations());
    }

    @Test
    void makesASeccompFilterOncePerSetOfCapabilities() {
        Sandbox sandbox = sandbox("filtered");
        assumeTrue(sandbox.handler().equals(SeccompFilters.RUNTIME), "only crun takes a ready filter");
        String first = started(sandbox, running("first"));
        String second = started(sandbox, running("second"));
        String strong = started(sandbox, mayTrace("strong"));
        String stronger = started(sandbox, mayTrace("stronger"));
        assertArrayEquals(filter(first), filter(second));
        assertArrayEquals(filter(strong), filter(stronger));
        assertFalse(Arrays.equals(filter(first), filter(strong)));
        assertTrue(takesReadyFilter(second) && takesReadyFilter(stronger));
        for (String each : List.of(first, second, strong, stronger)) {
            assertEquals("2", output(each, "busybox awk '/^Seccomp:/{print $2}' /proc/1/status"));
        }
    }

    private static ContainerSpec mayTrace(String name) {
        ContainerSpec plain = RealMachine.shell(name, "exec busybox sleep 60", folder);
        return new ContainerSpec(name, 0, plain.image(), plain.command(), List.of(), List.of(), List.of(), "",
            ContainerSpec.Terminal.NONE, ResourceLimits.NONE, new Security("", "", List.of(), false, false, false,
            List.of("SYS_PTRACE"), List.of()), plain.logPath(), Map.of(), Map.of());
    }

    private static byte[] filter(String id) {
        return read(InstanceNames.of(folder).runFolder().resolve("oci/k8s.io/" + id + "/seccomp.bpf"));
    }

    private static boolean takesReadyFilter(String id) {
        return new String(read(bundles().resolve(id).resolve("config.json"))).contains(SeccompFilters.ANNOTATION);
    }

    /** containerd keeps its state on a mount of its own. */
    private static Path bundles() {
        Path run = InstanceNames.of(folder).runFolder();
        String containerd = new String(read(run.resolve("containerd.pid"))).strip();
        return Path.of("/proc", containerd.split("\\s")[0], "root", run.toString(),
            "state/io.containerd.runtime.v2.task/k8s.io");
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void saysThatAContainerRanOutOfMemory() {
        ContainerSpec plain = RealMachine.shell("hungry", "x=x; while :; do x=$x$x; done", folder);
        String id = started(sandbox("oom"), new ContainerSpec(plain.name(), 0, plain.image(), plain.command(),
            List.of(), List.of(), List.of(), "", ContainerSpec.Terminal.NONE, ResourceLimits.of(100, 0, 16 << 20),
            Security.DEFAULT, plain.logPath(), Map.of(), Map.of()));
        ContainerStatus status = ended(id);
        assertEquals(137, status.exitCode());
        assertEquals("OOMKilled", status.reason());
    }

    @Test
    void measuresProcessorAndMemory() {
        Sandbox sandbox = sandbox("busy");
        String id = started(sandbox, RealMachine.shell("main", "while :; do :; done", folder));
        Eventually.holds("processor time passes", () -> runtime.usage().stream()
            .filter(one -> one.sandboxId().equals(sandbox.id())).map(SandboxUsage::containers).flatMap(List::stream)
            .anyMatch(one -> one.containerId().equals(id) && one.cpuNanos() > 100_000_000
                && one.workingSetBytes() > 0));
    }

    @Test
    void killsAnExecThatTakesTooLong() {
        String id = started(sandbox("slow"), running("main"));
        assertTrue(runtime.exec(id, List.of("/bin/busybox", "sleep", "60"), Duration.ofSeconds(1)).timedOut());
        assertEquals(3, runtime.exec(id, List.of("/bin/sh", "-c", "exit 3"), SOON).exitCode());
    }

    @Test
    void letsAContainerEndItself() {
        String id = started(sandbox("graceful"), running("main"));
        runtime.stopContainer(id, SOON);
        assertEquals(0, status(id).exitCode());
    }

    @Test
    void removesPodsThatAreJustEnding() {
        for (int i = 0; i < 8; i++) {
            Sandbox sandbox = sandbox("ending-" + i);
            String id = started(sandbox, exiting("main", 0));
            runtime.stopContainer(id, Duration.ZERO);
            runtime.removeSandbox(sandbox.id());
            assertTrue(runtime.container(id).isEmpty());
        }
    }

    @Test
    void offersStreamsOnLoopback() {
        String id = started(sandbox("streams"), running("main"));
        URI exec = runtime.execUrl(id, new ExecRequest(List.of("/bin/sh"), true, true, false, true));
        assertEquals("127.0.0.1", exec.getHost());
        assertTrue(exec.getPath().startsWith("/exec/"), exec.toString());
        assertTrue(runtime.portForwardUrl(status(id).sandboxId(), List.of(80)).getPath().startsWith("/portforward/"));
    }

    @Test
    void anImportedImageAnswersForItsReference() {
        Image image = runtime.images().pull("starling-test:1", RegistryCredentials.ANONYMOUS);
        assertTrue(image.imported());
        assertEquals(List.of(RealMachine.IMAGE), image.references());
        assertTrue(runtime.images().list().contains(image));
        assertTrue(runtime.images().find(image.id()).isPresent());
    }

    @Test
    void forgetsAnImportedImageThatIsRemoved() {
        Path archive = folder.resolve("second.tar");
        RealMachine.image("docker.io/library/starling-second:1").write(archive);
        assertEquals(List.of("docker.io/library/starling-second:1"), runtime.images().importArchive(archive));
        runtime.images().remove("starling-second:1");
        assertTrue(runtime.images().find("starling-second:1").isEmpty());
        assertTrue(runtime.images().find(RealMachine.IMAGE).isPresent());
    }

    @Test
    void refusesAnArchiveThatIsNone() throws IOException {
        Path archive = Files.writeString(folder.resolve("none.tar"), "this is no archive");
        assertThrows(ImagePullException.class, () -> runtime.images().importArchive(archive));
    }

    @Test
    void everyInstalledRuntimeRunsAPod() {
        for (String handler : runtime.facts().handlers()) {
            Sandbox sandbox = runtime.createSandbox(new dev.starling.node.runtime.SandboxSpec("on-" + handler, handler,
                Map.of("net.ipv4.ip_unprivileged_port_start", "0"), Map.of()));
            String id = started(sandbox, running("main"));
            assertEquals("0", output(id, "busybox cat /proc/sys/net/ipv4/ip_unprivileged_port_start"));
            runtime.removeSandbox(sandbox.id());
        }
    }
}
