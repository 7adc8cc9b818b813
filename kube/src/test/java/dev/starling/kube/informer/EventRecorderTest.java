package dev.starling.kube.informer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.loop.SimulationDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class EventRecorderTest {
    private static final KubeObject POD = KubeObject.named(Kinds.PODS, "shop", "a").with("u1", "metadata", "uid");

    private final ScriptedApi api = new ScriptedApi();
    private final SimulationDriver driver = new SimulationDriver(7, Instant.EPOCH);
    private final EventRecorder events = new EventRecorder(api, "test", driver);

    private int written() {
        driver.runFor(Duration.ofSeconds(1));
        return api.list(ListQuery.all(Kinds.EVENTS)).items().size();
    }

    @Test
    void countsEqualEventsInOneObject() {
        events.start();
        events.normal(POD, "Pulled", "an image");
        events.normal(POD, "Pulled", "an image");
        events.normal(POD, "Pulled", "another image");
        assertEquals(2, written());
    }

    @Test
    void boundsAHotReasonOfOneObjectAndLetsOthersThrough() {
        events.start();
        for (int i = 0; i < 100; i++) {
            events.warning(POD, "BackOff", "try " + i);
        }
        events.warning(POD, "Failed", "once");
        assertEquals(26, written());
        assertEquals(75, events.dropped());
        driver.runFor(Duration.ofMinutes(6));
        events.warning(POD, "BackOff", "later");
        assertEquals(27, written());
    }

    @Test
    void dropsAndCountsWhatTheApiRefuses() {
        api.refuseNextWrite(ApiException.forbidden("events", "", "the namespace is being terminated"));
        events.start();
        events.normal(POD, "Killing", "it");
        assertEquals(0, written());
        assertEquals(1, events.dropped());
    }
}
