package dev.starling.node.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.loop.SimulationDriver;
import dev.starling.node.pod.Resources;
import dev.starling.node.simulated.SimulatedRuntime;
import dev.starling.node.simulated.SimulationSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PoolTest {
    private final SimulationDriver driver = new SimulationDriver(3, Instant.parse("2026-01-01T00:00:00Z"));
    private final SimulatedRuntime runtime = new SimulatedRuntime(driver,
            new SimulationSettings(2_000, 4L << 30, Duration.ZERO, Set.of()), delay -> { });
    private final Pool pool = new Pool(runtime, PoolSettings.DEFAULT, driver);

    private void open() {
        pool.start();
        pool.open();
        driver.runFor(Duration.ofSeconds(1));
    }

    @Test
    void keepsSandboxesWarmAndRefillsThem() {
        open();
        assertEquals(2, pool.warm());
        assertTrue(pool.claim(Shape.PLAIN).warm());
        driver.runFor(Duration.ofSeconds(1));
        assertEquals(2, pool.warm());
    }

    @Test
    void makesASandboxWhereNoneIsWarm() {
        var first = pool.claim(Shape.PLAIN);
        assertFalse(first.warm());
        assertNotEquals(first.sandboxId(), pool.claim(Shape.PLAIN).sandboxId());
        assertEquals(2, pool.coldClaims());
    }

    @Test
    void letsABoundedNumberOfStartsRunAndRefillsOnlyInBetween() {
        var order = new ArrayList<Integer>();
        pool.start();
        pool.open();
        for (int i = 0; i < 9; i++) {
            int number = i;
            pool.begin("start-" + i, () -> order.add(number));
        }
        driver.runFor(Duration.ofSeconds(1));
        assertEquals(9, order.size());
        assertEquals(2, pool.warm());
    }

    @Test
    void removesOnceNothingHasStartedForAWhile() {
        open();
        var removed = new ArrayList<String>();
        pool.begin("start", () -> { });
        driver.runFor(Duration.ofMillis(1));
        pool.remove("old", () -> removed.add("old"));
        driver.runFor(Duration.ofMillis(20));
        assertEquals(List.of(), removed);
        driver.runFor(Duration.ofMillis(20));
        assertEquals(List.of("old"), removed);
    }

    @Test
    void doesNotPutARemovalOffForeverWhileStartsGoOn() {
        open();
        var removed = new ArrayList<String>();
        pool.remove("old", () -> removed.add("old"));
        for (int i = 0; i < 60; i++) {
            pool.begin("start-" + i, () -> { });
            driver.runFor(Duration.ofMillis(10));
            assertEquals(i >= 49, !removed.isEmpty(), "after " + i + " starts");
        }
    }

    @Test
    void letsFewRemovalsWait() {
        open();
        var removed = new ArrayList<Integer>();
        pool.begin("start", () -> { });
        driver.runFor(Duration.ofMillis(1));
        for (int i = 0; i < 10; i++) {
            int number = i;
            pool.remove("old-" + i, () -> removed.add(number));
        }
        driver.runFor(Duration.ofMillis(5));
        assertEquals(Set.of(0, 1), Set.copyOf(removed));
        driver.runFor(Duration.ofSeconds(1));
        assertEquals(10, removed.size());
    }

    @Test
    void removesAtOnceAfterItsEnd() throws Exception {
        pool.start().close();
        var removed = new ArrayList<String>();
        pool.remove("old", () -> removed.add("old"));
        driver.runFor(Duration.ofMillis(1));
        assertEquals(List.of("old"), removed);
    }

    @Test
    void reservesUpToItsCapacityAndNoFurther() {
        var one = new Resources(1_000, 1L << 30);
        assertTrue(pool.reserve("a", one).isEmpty());
        assertTrue(pool.reserve("a", one).isEmpty());
        assertEquals("OutOfcpu", pool.reserve("b", one).orElseThrow().reason());
        pool.release("a");
        assertTrue(pool.reserve("b", one).isEmpty());
        assertEquals("OutOfmemory", pool.reserve("c", new Resources(0, 4L << 30)).orElseThrow().reason());
    }

    @Test
    void takesBackItsOwnWarmSandboxesAlone() {
        open();
        var later = new Pool(runtime, PoolSettings.DEFAULT, driver);
        var foreign = runtime.createSandbox(dev.starling.node.runtime.SandboxSpec.named("other"));
        assertFalse(later.takeBack(foreign));
        assertEquals(2, runtime.sandboxes().stream().filter(later::takeBack).count());
    }
}
