package dev.starling.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.JsonObject;
import dev.starling.node.pod.PodView;
import dev.starling.node.runtime.PodIdentity;
import dev.starling.node.runtime.Resolver;
import dev.starling.node.runtime.ResourceLimits;
import dev.starling.node.runtime.RuntimeUnavailableException;
import dev.starling.node.runtime.SandboxSpec;
import dev.starling.node.simulated.SimulationSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node does when its machine fails it, or when it is asked to stop half-way. */
class FaultyNodeTest {
    @TempDir
    private Path folder;
    private final Faults faults = new Faults();
    private SimulatedNode node;

    @BeforeEach
    void start() {
        node = new SimulatedNode(folder, new SimulationSettings(4_000, 8L << 30, Duration.ZERO, Set.of()),
                faults::around);
    }

    private static void fullDisk() {
        throw new UncheckedIOException(new IOException("No space left on device"));
    }

    @Test
    void leavesNoSandboxBehindWhenAClaimFails() {
        faults.before("specialise", FaultyNodeTest::fullDisk);
        node.pod("web", SimulatedNode.container("app"));
        node.run(Duration.ofSeconds(60));
        assertEquals("Pending", node.read("web").status().text("phase"));
        assertTrue(node.runtime.sandboxes().size() <= 2, "more than the warm ones");
        faults.heal();
        node.run(Duration.ofSeconds(60));
        assertEquals("Running", node.read("web").status().text("phase"));
        assertEquals(3, node.runtime.sandboxes().size());
    }

    @Test
    void adoptsOnceTheRuntimeAnswers() throws Exception {
        node.pod("web", SimulatedNode.container("app"));
        node.run(Duration.ofSeconds(5));
        var failures = new AtomicInteger();
        faults.before("containers", () -> {
            if (failures.incrementAndGet() <= 3) {
                throw new RuntimeUnavailableException("the runtime does not answer", new IOException());
            }
        });
        node.restart();
        node.run(Duration.ofSeconds(30));
        assertTrue(node.node.ready());
        assertEquals(2, node.pool.warm(), "a sandbox counts once, however often it was found");
        assertEquals("Running", node.read("web").status().text("phase"));
        assertEquals(0, node.read("web").containerStatus("app").at("restartCount").number(9));
    }

    @Test
    void finishesTheSandboxThatAKilledProcessLeftHalfDone() throws Exception {
        faults.before("specialise", FaultyNodeTest::fullDisk);
        var pod = node.pod("web", SimulatedNode.container("app"));
        node.run(Duration.ofSeconds(1));
        var half = node.runtime.createSandbox(SandboxSpec.named("half"));
        node.runtime.specialise(half.id(), new PodIdentity("default", "web", pod.uid(), "web", "", List.of(),
                Resolver.HOST, folder, ResourceLimits.NONE));
        faults.heal();
        node.restart();
        node.run(Duration.ofSeconds(5));
        assertEquals("Running", node.read("web").status().text("phase"));
        assertEquals(half.ip(), node.read("web").status().text("podIP"));
        assertTrue(faults.calls().contains("specialise " + half.id()));
    }

    @Test
    void beginsNothingMoreOnceItDrains() {
        faults.before("specialise", FaultyNodeTest::fullDisk);
        node.pod("web", SimulatedNode.container("app"));
        node.run(Duration.ofSeconds(1));
        node.node.beginDrain();
        faults.heal();
        node.run(Duration.ofSeconds(60));
        assertTrue(node.node.drained());
        assertEquals("Pending", node.read("web").status().text("phase"));
        assertEquals(2, node.runtime.sandboxes().size());
    }

    @Test
    void endsAPodThatGetsItsSandboxWhileTheNodeDrains() {
        faults.before("specialise", () -> node.node.beginDrain());
        node.pod("web", SimulatedNode.container("app"));
        node.run(Duration.ofSeconds(5));
        assertTrue(node.node.drained());
        assertEquals("Failed", node.read("web").status().text("phase"));
        assertEquals(2, node.runtime.sandboxes().size());
    }

    @Test
    void endsAPodWhoseGraceIsLongerThanTime() {
        node.pod("web", SimulatedNode.container("app"), "terminationGracePeriodSeconds", Long.MAX_VALUE,
                "activeDeadlineSeconds", Long.MAX_VALUE);
        node.run(Duration.ofSeconds(5));
        assertEquals("Running", node.read("web").status().text("phase"));
        node.node.beginDrain();
        node.run(Duration.ofSeconds(5));
        assertTrue(node.node.drained());
    }

    @Test
    void refusesAnImageNameThatIsTooLongToBeOne() {
        node.pod("web", JsonObject.of("name", "app", "image", "a/".repeat(50_000) + "a"));
        node.run(Duration.ofSeconds(2));
        assertEquals("InvalidImageName", node.read("web").containerStatus("app").text("state", "waiting", "reason"));
    }

    @Test
    void keepsTheLogsOfTwoAttempts() throws IOException {
        var pod = node.annotated("crash", JsonObject.of("simulation.starling.dev/run-for", "1s"),
                SimulatedNode.container("app"));
        node.run(Duration.ofSeconds(120));
        long restarts = node.read("crash").containerStatus("app").at("restartCount").number(0);
        assertNotEquals(0, restarts);
        assertFalse(restarts < 3, "it crashed too seldom to tell");
        try (var logs = Files.list(folder.resolve("logs/default_crash_" + pod.uid() + "/app"))) {
            assertEquals(Set.of(restarts - 1 + ".log", restarts + ".log"),
                    Set.copyOf(logs.map(log -> log.getFileName().toString()).toList()));
        }
    }

    @Test
    void removesVolumesOnlyWhenNobodyWritesThem() {
        var pod = new PodView(node.pod("web", SimulatedNode.container("app")).object());
        var state = PodState.of(pod, List.of(), SimulatedNode.START).withGone();
        assertEquals(1, PodPlan.of(pod, state, true, SimulatedNode.START).actions().size());
        assertEquals(List.of(), PodPlan.of(pod, state.begun("refreshing"), true, SimulatedNode.START).actions());
    }
}
