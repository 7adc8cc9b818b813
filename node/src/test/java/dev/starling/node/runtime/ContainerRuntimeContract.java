package dev.starling.node.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every container runtime does, real or simulated. */
public abstract class ContainerRuntimeContract {
    private static final Duration AT_ONCE = Duration.ZERO;

    private final List<String> made = new ArrayList<>();

    /** The runtime under test; the same for all tests of a class. */
    protected abstract ContainerRuntime runtime();

    /** Runs until it is stopped. */
    protected abstract ContainerSpec running(String name);

    protected abstract ContainerSpec exiting(String name, int code);

    protected abstract ContainerSpec unstartable(String name);

    /** A reference that no registry has. */
    protected abstract String absentImage();

    protected abstract Path folder();

    @AfterEach
    void removeSandboxes() {
        made.forEach(runtime()::removeSandbox);
    }

    protected final Sandbox sandbox(String name) {
        Sandbox sandbox = runtime().createSandbox(SandboxSpec.named(name));
        made.add(sandbox.id());
        return sandbox;
    }

    protected final PodIdentity identity(String hostname, ResourceLimits limits) {
        return new PodIdentity("default", hostname, "uid-of-" + hostname, hostname,
            "heads.default.svc.cluster.local", List.of("192.0.2.7\tneighbour"),
            new Resolver(List.of("192.0.2.53"), List.of("default.svc.cluster.local"), List.of("ndots:5")),
            folder().resolve("logs"), limits);
    }

    protected final ContainerStatus status(String id) {
        return runtime().container(id).orElseThrow();
    }

    protected final ContainerStatus ended(String id) {
        Eventually.holds("container ends", () -> status(id).exited());
        return status(id);
    }

    protected final String started(Sandbox sandbox, ContainerSpec spec) {
        String id = runtime().createContainer(sandbox.id(), spec);
        runtime().startContainer(id);
        return id;
    }

    @Test
    void givesEachSandboxAnAddressOfItsOwn() {
        Sandbox one = sandbox("one");
        Sandbox two = sandbox("two");
        assertTrue(one.ready());
        assertNotEquals("", one.ip());
        assertNotEquals(one.ip(), two.ip());
        assertEquals("", one.podUid());
        List<String> ids = runtime().sandboxes().stream().map(Sandbox::id).toList();
        assertTrue(ids.containsAll(List.of(one.id(), two.id())));
    }

    @Test
    void refusesTwoSandboxesOfOneName() {
        sandbox("only");
        assertThrows(StartException.class, () -> sandbox("only"));
    }

    @Test
    void remembersWhoseASandboxIs() {
        Sandbox sandbox = sandbox("claimed");
        runtime().specialise(sandbox.id(), identity("web-0", ResourceLimits.of(250, 500, 128 << 20)));
        Sandbox seen = runtime().sandboxes().stream().filter(one -> one.id().equals(sandbox.id())).findFirst()
            .orElseThrow();
        assertEquals("uid-of-web-0", seen.podUid());
        assertEquals(sandbox.ip(), seen.ip());
    }

    @Test
    void runsAContainerOnlyOnceItIsStarted() {
        Sandbox sandbox = sandbox("runs");
        String id = runtime().createContainer(sandbox.id(), running("main"));
        assertEquals(ContainerState.CREATED, status(id).state());
        assertEquals(Instant.EPOCH, status(id).started());
        runtime().startContainer(id);
        assertTrue(status(id).running());
        assertEquals(sandbox.id(), status(id).sandboxId());
        assertEquals("main", status(id).name());
        assertFalse(status(id).started().isBefore(status(id).created()));
    }

    @Test
    void tellsHowAContainerEnded() {
        Sandbox sandbox = sandbox("ends");
        ContainerStatus good = ended(started(sandbox, exiting("good", 0)));
        ContainerStatus bad = ended(started(sandbox, exiting("bad", 7)));
        assertEquals(0, good.exitCode());
        assertEquals("Completed", good.reason());
        assertEquals(7, bad.exitCode());
        assertEquals("Error", bad.reason());
        assertFalse(bad.finished().isBefore(bad.started()));
    }

    @Test
    void tellsListenersOfStartAndEnd() {
        Set<String> told = ConcurrentHashMap.newKeySet();
        runtime().onChange(told::add);
        Sandbox sandbox = sandbox("listened");
        String id = started(sandbox, running("main"));
        Eventually.holds("the start is told", () -> told.contains(id));
        told.clear();
        runtime().stopContainer(id, AT_ONCE);
        Eventually.holds("the end is told", () -> told.contains(id));
    }

    @Test
    void showsTheEndToAListenerThatHearsOfIt() {
        Set<String> seenEnded = ConcurrentHashMap.newKeySet();
        runtime().onChange(id -> runtime().container(id).filter(ContainerStatus::exited)
            .ifPresent(status -> seenEnded.add(id)));
        Sandbox sandbox = sandbox("watched");
        for (int i = 0; i < 5; i++) {
            String id = started(sandbox, exiting("main-" + i, i));
            Eventually.holds("a listener sees the end", () -> seenEnded.contains(id));
        }
    }

    @Test
    void saysWhyACommandCanNotBeStarted() {
        Sandbox sandbox = sandbox("broken");
        String id = runtime().createContainer(sandbox.id(), unstartable("main"));
        StartException failure = assertThrows(StartException.class, () -> runtime().startContainer(id));
        assertTrue(failure.getMessage().contains("/no/such/command"), failure.getMessage());
        ContainerStatus status = ended(id);
        assertEquals(128, status.exitCode());
        assertEquals("StartError", status.reason());
        assertTrue(status.message().contains("/no/such/command"), status.message());
    }

    @Test
    void stopsAndRemovesAsOftenAsAsked() {
        Sandbox sandbox = sandbox("stopped");
        String id = started(sandbox, running("main"));
        runtime().stopContainer(id, AT_ONCE);
        runtime().stopContainer(id, AT_ONCE);
        assertEquals(137, status(id).exitCode());
        runtime().removeContainer(id);
        runtime().removeContainer(id);
        assertTrue(runtime().container(id).isEmpty());
        runtime().stopSandbox(sandbox.id());
        runtime().stopSandbox(sandbox.id());
        runtime().removeSandbox(sandbox.id());
        runtime().removeSandbox(sandbox.id());
        runtime().stopSandbox("no-such-sandbox");
        runtime().removeSandbox("no-such-sandbox");
    }

    @Test
    void startsAContainerAgainUnderTheNextAttempt() {
        Sandbox sandbox = sandbox("restarted");
        ContainerSpec first = exiting("main", 1);
        ended(started(sandbox, first));
        ContainerSpec next = running("main");
        String second = started(sandbox, new ContainerSpec(next.name(), 1, next.image(), next.command(), next.args(),
            next.env(), next.mounts(), next.workingDir(), next.terminal(), next.limits(), next.security(),
            next.logPath(), next.labels(), next.annotations()));
        assertEquals(1, status(second).attempt());
        assertEquals(2, runtime().containers().stream().filter(one -> one.sandboxId().equals(sandbox.id())).count());
    }

    @Test
    void removesASandboxWithItsContainers() {
        Sandbox sandbox = sandbox("whole");
        String id = started(sandbox, running("main"));
        runtime().removeSandbox(sandbox.id());
        assertTrue(runtime().container(id).isEmpty());
        assertTrue(runtime().sandboxes().stream().noneMatch(one -> one.id().equals(sandbox.id())));
    }

    @Test
    void aStoppedSandboxHasNoAddress() {
        Sandbox sandbox = sandbox("halted");
        String id = started(sandbox, running("main"));
        runtime().stopSandbox(sandbox.id());
        assertTrue(ended(id).exited());
        Sandbox seen = runtime().sandboxes().stream().filter(one -> one.id().equals(sandbox.id())).findFirst()
            .orElseThrow();
        assertFalse(seen.ready());
        assertEquals("", seen.ip());
    }

    @Test
    void knowsNothingOfStrangers() {
        assertTrue(runtime().container("no-such-container").isEmpty());
        assertThrows(NotFoundException.class, () -> runtime().startContainer("no-such-container"));
        assertThrows(NotFoundException.class, () -> runtime().createContainer("no-such-sandbox", running("main")));
    }

    @Test
    void executesACommandInARunningContainer() {
        String id = started(sandbox("probed"), running("main"));
        ExecResult result = runtime().exec(id, List.of("/bin/busybox", "true"), Duration.ofSeconds(10));
        assertTrue(result.succeeded());
    }

    @Test
    void writesTheLogWhereItIsAskedTo() throws IOException {
        ContainerSpec spec = exiting("talker", 0);
        ended(started(sandbox("logged"), spec));
        Eventually.holds("a line is logged", () -> lines(spec.logPath()).stream().anyMatch(
            line -> line.contains(" stdout F ")));
        Files.delete(spec.logPath());
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void measuresEverySandboxThatIsReady() {
        Sandbox sandbox = sandbox("measured");
        String id = started(sandbox, running("main"));
        SandboxUsage usage = runtime().usage().stream().filter(one -> one.sandboxId().equals(sandbox.id())).findFirst()
            .orElseThrow();
        assertEquals(List.of(id), usage.containers().stream().map(SandboxUsage.ContainerUsage::containerId).toList());
        assertTrue(usage.cpuNanos() >= usage.containers().getFirst().cpuNanos());
    }

    @Test
    void failsToPullWhatNoRegistryHas() {
        assertThrows(ImagePullException.class,
            () -> runtime().images().pull(absentImage(), RegistryCredentials.ANONYMOUS));
        assertTrue(runtime().images().find(absentImage()).isEmpty());
    }
}
