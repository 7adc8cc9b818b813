package dev.starling.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.node.runtime.Eventually;
import dev.starling.node.simulated.SimulatedRuntime;
import dev.starling.node.simulated.SimulationSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The node's statuses pass the real API's rules, and stay as they were written. */
class NodeOnTheRealApiTest {
    @TempDir
    private Path folder;
    private RealApi api;
    private LiveNode node;

    @BeforeEach
    void start() {
        api = new RealApi();
        var driver = new dev.starling.kube.loop.ThreadDriver(java.time.InstantSource.system());
        var runtime = new SimulatedRuntime(driver, new SimulationSettings(4_000, 8L << 30, Duration.ZERO, Set.of()),
                delay -> { });
        node = new LiveNode(api.api(), runtime, folder);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
        api.close();
    }

    @Test
    void runsAPodAndWritesItsStatusOnce() {
        node.pod("web", "{containers: [{name: web, image: nginx}]}");
        node.awaitPhase("web", "Running");
        var pod = node.read("web");
        assertTrue(pod.object().annotations().containsKey("starling.dev/receipt"));
        assertTrue(pod.object().annotations().containsKey("starling.dev/billing-start"));
        String version = pod.object().resourceVersion();
        node.pod("second", "{containers: [{name: web, image: nginx}]}");
        node.awaitPhase("second", "Running");
        assertEquals(version, node.read("web").object().resourceVersion());
    }

    @Test
    void mountsTheServiceAccountsToken() throws Exception {
        var pod = node.pod("web", "{containers: [{name: web, image: nginx}]}");
        node.awaitPhase("web", "Running");
        var volume = pod.volumes().getFirst().text("name");
        var token = folder.toAbsolutePath().resolve("pods").resolve(pod.uid()).resolve("volumes").resolve(volume)
                .resolve("token");
        assertEquals("token-of-default", java.nio.file.Files.readString(token));
    }

    @Test
    void deletesAPodAndAllThatItHad() {
        var pod = node.pod("web", "{containers: [{name: web, image: nginx}]}");
        node.awaitPhase("web", "Running");
        node.api.delete(LiveNode.key("web"));
        Eventually.holds("the pod is gone", () -> node.find("web").isEmpty() && node.node.pods() == 0);
        assertFalse(java.nio.file.Files.exists(folder.resolve("pods").resolve(pod.uid())));
        Eventually.holds("its logs are gone",
                () -> !java.nio.file.Files.exists(folder.resolve("logs").resolve("default_web_" + pod.uid())));
    }

    @Test
    void showsItsNodeWithALease() {
        Eventually.holds("the lease is there", () -> node.api.list(dev.starling.kube.api.ListQuery
                .all(Kinds.LEASES)).items().stream().anyMatch(l -> l.name().equals(LiveNode.NAME)));
        JsonObject status = node.api.get(Kinds.NODES.key(LiveNode.NAME)).status();
        assertEquals("3900m", status.text("allocatable", "cpu"));
    }

    @Test
    void drainsInTime() {
        node.pod("web", "{containers: [{name: web, image: nginx}]}");
        node.awaitPhase("web", "Running");
        assertTrue(node.node.drain(Duration.ofSeconds(20)));
        assertEquals("Terminated", node.read("web").status().text("reason"));
    }
}
