package dev.starling.node.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.loop.SimulationDriver;
import dev.starling.kube.loop.ThreadDriver;
import dev.starling.node.runtime.ContainerRuntime;
import dev.starling.node.runtime.ContainerRuntimeContract;
import dev.starling.node.runtime.ContainerSpec;
import dev.starling.node.runtime.ResourceLimits;
import dev.starling.node.runtime.SandboxSpec;
import dev.starling.node.runtime.Security;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SimulatedRuntimeTest extends ContainerRuntimeContract {
    private static final String ABSENT = "absent:1";

    @TempDir
    private Path folder;

    private final SimulatedRuntime runtime = new SimulatedRuntime(new ThreadDriver(InstantSource.system()),
        new SimulationSettings(4000, 8L << 30, Duration.ZERO, Set.of(ABSENT)), _ -> { });

    @AfterAll
    void close() {
        runtime.shutdown();
    }

    @Override
    protected ContainerRuntime runtime() {
        return runtime;
    }

    private ContainerSpec spec(String name, Map<String, String> annotations) {
        return new ContainerSpec(name, 0, "busybox", List.of(), List.of(), List.of(), List.of(), "",
            ContainerSpec.Terminal.NONE, ResourceLimits.NONE, Security.DEFAULT, folder.resolve("logs/" + name + ".log"),
            Map.of(), annotations);
    }

    @Override
    protected ContainerSpec running(String name) {
        return spec(name, Map.of());
    }

    @Override
    protected ContainerSpec exiting(String name, int code) {
        return spec(name, Map.of("simulation.starling.dev/run-for", "0s",
            "simulation.starling.dev/exit-code", Integer.toString(code)));
    }

    @Override
    protected ContainerSpec unstartable(String name) {
        return spec(name, Map.of("simulation.starling.dev/start-error", "exec /no/such/command: no such file"));
    }

    @Override
    protected String absentImage() {
        return ABSENT;
    }

    @Override
    protected Path folder() {
        return folder;
    }

    @Test
    void endsContainersWhenTheirTimeHasCome() {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        SimulationDriver driver = new SimulationDriver(1, start);
        List<Duration> delays = new ArrayList<>();
        SimulatedRuntime simulated = new SimulatedRuntime(driver,
            SimulationSettings.DEFAULT.startingIn(Duration.ofMillis(70)), delays::add);
        List<String> told = new ArrayList<>();
        simulated.onChange(told::add);
        String sandbox = simulated.createSandbox(SandboxSpec.named("timed")).id();
        String id = simulated.createContainer(sandbox, spec("job", Map.of(
            "simulation.starling.dev/run-for", "1m30s", "simulation.starling.dev/cpu-millis", "500")));
        simulated.startContainer(id);
        told.clear();
        driver.runFor(Duration.ofSeconds(89));
        assertTrue(simulated.container(id).orElseThrow().running());
        assertEquals(List.of(), told);
        driver.runFor(Duration.ofSeconds(11));
        assertEquals(start.plusSeconds(90), simulated.container(id).orElseThrow().finished());
        assertEquals(List.of(id), told);
        assertEquals(Duration.ofSeconds(45).toNanos(), simulated.usage().getFirst().cpuNanos());
        assertEquals(List.of(Duration.ofMillis(70)), delays);
    }
}
