package dev.starling.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.SimulationDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.node.pool.Pool;
import dev.starling.node.pool.PoolSettings;
import dev.starling.node.simulated.SimulatedRuntime;
import dev.starling.node.simulated.SimulationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several simulated machines side by side in one process, whose containers see no files. */
class VirtualNodesTest {
    private static final int MACHINES = 3;

    @TempDir
    private Path folder;
    private final SimulationDriver driver = new SimulationDriver(7, SimulatedNode.START);
    private final TinyApi api = new TinyApi(driver.clock());
    private final Map<String, SimulatedRuntime> runtimes = new HashMap<>();
    private VirtualNodes nodes;

    @BeforeEach
    void start() {
        var informers = List.of(Kinds.PODS, Kinds.CONFIG_MAPS, Kinds.SECRETS, Kinds.SERVICES, Kinds.SERVICE_ACCOUNTS,
                Kinds.RUNTIME_CLASSES).stream().map(type -> new Informer(api, type)).toList();
        var images = new NodeImages(informers.get(0), informers.get(1), informers.get(2), informers.get(3),
                informers.get(4), informers.get(5));
        var events = new EventRecorder(api, "test", driver);
        var wanted = new ArrayList<VirtualNodes.Wanted>();
        for (int i = 0; i < MACHINES; i++) {
            var runtime = new SimulatedRuntime(driver, SimulationSettings.DEFAULT.numbered(i), delay -> { });
            var pool = new Pool(runtime, PoolSettings.DEFAULT.withWarm(0), driver);
            runtimes.put("node-" + i, runtime);
            pool.start();
            wanted.add(new VirtualNodes.Wanted(NodeSettings.of("node-" + i, runtime.facts().hostAddress(),
                    folder).withoutFiles(), new NodeRuntime(runtime, pool, events)));
        }
        nodes = new VirtualNodes(api, images, driver, wanted);
        nodes.start();
        informers.forEach(informer -> informer.start(driver));
        driver.runFor(Duration.ofSeconds(2));
    }

    private void pod(String name, String node) {
        var volumes = JsonArray.of(JsonObject.of("name", "scratch", "emptyDir", JsonObject.EMPTY));
        var spec = JsonObject.of("nodeName", node, "containers", JsonArray.of(SimulatedNode.container("app")),
                "volumes", volumes, "terminationGracePeriodSeconds", 0);
        api.create(SimulatedNode.key(name), KubeObject.named(Kinds.PODS, "default", name).with(spec, "spec")
                .with(JsonObject.of("phase", "Pending"), "status"));
    }

    private JsonObject status(String name) {
        return api.get(SimulatedNode.key(name)).status();
    }

    @Test
    void givesEachPodToTheNodeThatItIsBoundTo() throws IOException {
        assertTrue(nodes.ready());
        pod("one", "node-0");
        pod("two", "node-2");
        pod("elsewhere", "node-9");
        driver.runFor(Duration.ofSeconds(2));
        assertEquals("Running", status("one").text("phase"));
        assertEquals("Running", status("two").text("phase"));
        assertEquals("Pending", status("elsewhere").text("phase"));
        assertNotEquals(status("one").text("podIP"), status("two").text("podIP"));
        assertNotEquals(status("one").text("hostIP"), status("two").text("hostIP"));
        assertEquals(List.of(1, 0, 1), List.of("node-0", "node-1", "node-2").stream()
                .map(node -> runtimes.get(node).containers().size()).toList());
        assertEquals(runtimes.get("node-2"), nodes.sight("default", "two").orElseThrow().host().runtime());
        try (var files = Files.list(folder)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void endsAPodThatIsGoneOnItsNode() {
        pod("one", "node-1");
        driver.runFor(Duration.ofSeconds(2));
        api.delete(SimulatedNode.key("one"));
        driver.runFor(Duration.ofSeconds(5));
        assertTrue(runtimes.get("node-1").containers().isEmpty());
        assertEquals(0, nodes.pods());
    }

    @Test
    void drainsAllNodes() {
        pod("one", "node-0");
        pod("two", "node-1");
        driver.runFor(Duration.ofSeconds(2));
        nodes.beginDrain();
        driver.runFor(Duration.ofSeconds(5));
        assertTrue(nodes.drained());
        assertEquals("Failed", status("one").text("phase"));
        assertEquals("Failed", status("two").text("phase"));
    }
}
