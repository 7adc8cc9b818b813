package dev.starling.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.JsonObject;
import dev.starling.node.metrics.PodUsage;
import dev.starling.node.metrics.UsageSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodUsageTest {
    @TempDir
    private Path folder;

    @Test
    void tellsWhatPodsAndTheNodeUse() {
        var node = new SimulatedNode(folder);
        var usage = new PodUsage(Map.of("starling-virtual-0", node.runtime), node.node, UsageSettings.DEFAULT,
                node.driver);
        usage.start();
        node.annotated("busy", JsonObject.of("simulation.starling.dev/cpu-millis", "250",
                "simulation.starling.dev/memory-bytes", "10485760"), SimulatedNode.container("app"));
        node.run(Duration.ofSeconds(3));
        assertTrue(usage.podMetrics("default").isEmpty());
        node.run(Duration.ofSeconds(14));
        var metrics = usage.podMetrics("default", "busy").orElseThrow().tree();
        assertEquals("5.0s", metrics.text("window"));
        var container = metrics.array("containers").objects().getFirst();
        assertEquals("app", container.text("name"));
        assertEquals("250000000n", container.text("usage", "cpu"));
        assertEquals("10240Ki", container.text("usage", "memory"));
        assertEquals(1, usage.podMetrics("").size());
        assertEquals("250000000n", usage.nodeMetrics().getFirst().tree().text("usage", "cpu"));
    }
}
