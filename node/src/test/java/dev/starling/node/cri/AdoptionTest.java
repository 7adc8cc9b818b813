package dev.starling.node.cri;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.node.host.Commands;
import dev.starling.node.host.Folders;
import dev.starling.node.host.InstanceNames;
import dev.starling.node.host.MachineProcess;
import dev.starling.node.runtime.ContainerStatus;
import dev.starling.node.runtime.Eventually;
import dev.starling.node.runtime.Sandbox;
import dev.starling.node.runtime.SandboxSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers outlive the process that made them, and the next one finds them. */
final class AdoptionTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void requireRealContainers() {
        RealMachine.required();
    }

    @AfterEach
    void takeDown() {
        if (Containerd.installed() && Files.exists(InstanceNames.of(folder).runFolder())) {
            CriRuntime.takeDown(folder);
        }
    }

    /** The process that is killed: it makes a pod, says so, and waits for its end. */
    static final class Victim {
        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            CriRuntime runtime = CriRuntime.open(ContainerdSettings.in(folder));
            RealMachine.importImage(runtime, folder);
            Sandbox sandbox = runtime.createSandbox(SandboxSpec.named("pod"));
            runtime.specialise(sandbox.id(), RealMachine.identity("survivor", folder));
            runtime.startContainer(runtime.createContainer(sandbox.id(), RealMachine.shell("stays",
                "i=0; while :; do i=$((i+1)); echo line $i; busybox sleep 0.1; done", folder)));
            runtime.startContainer(runtime.createContainer(sandbox.id(), RealMachine.shell("ends",
                "while [ ! -e /tmp/end ]; do busybox sleep 0.05; done; exit 42", folder)));
            System.out.println("ready");
            System.in.read();
        }
    }

    private void killAProcessWithAPod() throws IOException {
        Process victim = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
            "--enable-native-access=ALL-UNNAMED", "-Xmx128m", "-cp", System.getProperty("java.class.path"),
            Victim.class.getName(), folder.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader output = victim.inputReader()) {
            assertEquals("ready", output.readLine());
        }
        MachineProcess.withPid(victim.pid()).orElseThrow();
        victim.destroyForcibly();
        Eventually.holds("the process is dead", () -> !victim.isAlive());
    }

    private static ContainerStatus named(CriRuntime runtime, String name) {
        return runtime.containers().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    }

    private static long firstProcess(CriRuntime runtime, String id) {
        return Long.parseLong(runtime.exec(id, List.of("/bin/sh", "-c",
            "busybox cut -d' ' -f22 /proc/1/stat"), Duration.ofSeconds(10)).stdout().strip());
    }

    private int logged() throws IOException {
        return Files.readAllLines(folder.resolve("logs/stays.log")).size();
    }

    @Test
    void theNextProcessAdoptsAPod() throws IOException {
        killAProcessWithAPod();
        MachineProcess daemon = MachineProcess.recorded(InstanceNames.of(folder).runFolder().resolve("containerd.pid"))
            .orElseThrow();
        // The container ends while nobody of ours is there to see it.
        Path task = InstanceNames.of(folder).runFolder().resolve("state/io.containerd.runtime.v2.task/k8s.io");
        try (var tasks = Files.newDirectoryStream(daemon.view(task))) {
            for (Path one : tasks) {
                Path root = one.resolve("rootfs/tmp");
                if (Files.exists(root)) {
                    Files.writeString(root.resolve("end"), "");
                }
            }
        }
        int before = logged();
        CriRuntime next = CriRuntime.open(ContainerdSettings.in(folder));
        ContainerStatus stays = named(next, "stays");
        assertTrue(stays.running());
        Eventually.holds("the other has ended", () -> named(next, "ends").exited());
        assertEquals(42, named(next, "ends").exitCode());
        assertEquals("Error", named(next, "ends").reason());
        Sandbox pod = next.sandboxes().getFirst();
        assertEquals("uid-survivor", pod.podUid());
        assertTrue(Commands.attempt("", List.of("busybox", "ping", "-c", "1", "-W", "2", pod.ip())).succeeded());
        Eventually.holds("the log goes on", () -> {
            try {
                return logged() > before;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertTrue(daemon.alive());
        next.startContainer(next.createContainer(pod.id(), RealMachine.shell("new", "hostname", folder)));
        next.shutdown();
        assertEquals(List.of(), RealMachine.traces(folder));
    }

    @Test
    void endsContainersWhoseFolderWasRemoved() throws IOException {
        killAProcessWithAPod();
        Folders.remove(InstanceNames.of(folder).runtimeFolder());
        CriRuntime next = CriRuntime.open(ContainerdSettings.in(folder));
        assertEquals(List.of(), next.sandboxes());
        next.removeSandbox(next.createSandbox(SandboxSpec.named("fresh")).id());
        next.shutdown();
        assertEquals(List.of(), RealMachine.traces(folder));
    }

    @Test
    void aNewContainerdAdoptsThePodsOfAKilledOne() throws IOException {
        killAProcessWithAPod();
        CriRuntime second = CriRuntime.open(ContainerdSettings.in(folder));
        long started = firstProcess(second, named(second, "stays").id());
        second.close();
        MachineProcess daemon = MachineProcess.recorded(InstanceNames.of(folder).runFolder().resolve("containerd.pid"))
            .orElseThrow();
        daemon.end(Duration.ZERO);
        assertFalse(daemon.alive());
        CriRuntime third = CriRuntime.open(ContainerdSettings.in(folder));
        ContainerStatus stays = named(third, "stays");
        assertTrue(stays.running());
        assertEquals(started, firstProcess(third, stays.id()));
        Sandbox pod = third.sandboxes().getFirst();
        assertTrue(Commands.attempt("", List.of("busybox", "ping", "-c", "1", "-W", "2", pod.ip())).succeeded());
        third.stopContainer(stays.id(), Duration.ZERO);
        assertEquals(137, named(third, "stays").exitCode());
        Sandbox fresh = third.createSandbox(SandboxSpec.named("fresh"));
        third.startContainer(third.createContainer(fresh.id(), RealMachine.shell("new", "hostname", folder)));
        third.close();
        CriRuntime.takeDown(folder);
        assertEquals(List.of(), RealMachine.traces(folder));
    }

    @Test
    void takesDownAPodThatLostItsShim() {
        CriRuntime runtime = CriRuntime.open(ContainerdSettings.in(folder));
        runtime.createSandbox(SandboxSpec.named("orphan"));
        runtime.close();
        String socket = InstanceNames.of(folder).runFolder().resolve("c.sock").toString();
        MachineProcess.recorded(InstanceNames.of(folder).runFolder().resolve("containerd.pid")).orElseThrow()
            .end(Duration.ZERO);
        MachineProcess.withArguments("-address", socket).forEach(shim -> shim.end(Duration.ZERO));
        CriRuntime.takeDown(folder);
        assertEquals(List.of(), RealMachine.traces(folder));
    }

    @Test
    void stopsCleanlyThoughItsContainerdIsDead() {
        CriRuntime runtime = CriRuntime.open(ContainerdSettings.in(folder));
        runtime.createSandbox(SandboxSpec.named("orphan"));
        MachineProcess.recorded(InstanceNames.of(folder).runFolder().resolve("containerd.pid")).orElseThrow()
            .end(Duration.ZERO);
        runtime.shutdown();
        assertEquals(List.of(), RealMachine.traces(folder));
    }

    @Test
    void takesDownWhatNothingRunsOf() {
        CriRuntime runtime = CriRuntime.open(ContainerdSettings.in(folder));
        runtime.close();
        MachineProcess.recorded(InstanceNames.of(folder).runFolder().resolve("containerd.pid")).orElseThrow()
            .end(Duration.ZERO);
        assertFalse(RealMachine.traces(folder).isEmpty());
        CriRuntime.takeDown(folder);
        assertEquals(List.of(), RealMachine.traces(folder));
    }
}
