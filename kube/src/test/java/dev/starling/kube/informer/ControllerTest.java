package dev.starling.kube.informer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.loop.SimulationDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class ControllerTest {
    private static final ObjectKey KEY = Kinds.PODS.key("shop", "a");
    private static final KubeObject POD = KubeObject.named(Kinds.PODS, "shop", "a").with("u1", "metadata", "uid");

    private final ScriptedApi api = new ScriptedApi();
    private final SimulationDriver driver = new SimulationDriver(7, Instant.EPOCH);
    private final Informer pods = new Informer(api, Kinds.PODS);
    private final AtomicInteger calls = new AtomicInteger();

    /** Calls the body once; further calls only count. */
    private Controller once(Consumer<KubeApi> body) {
        return start((key, tracked, now) -> {
            if (calls.incrementAndGet() == 1) {
                body.accept(tracked);
            }
            return Reconciler.Outcome.done();
        });
    }

    private Controller start(Reconciler reconciler) {
        var controller = new Controller("test", api, reconciler, List.of(pods)).start(driver, 2);
        pods.start(driver);
        run(Duration.ofSeconds(1));
        return controller;
    }

    private void run(Duration time) {
        driver.runFor(time);
    }

    @Test
    void holdsAKeyUntilItsOwnWritesAreSeen() {
        var controller = once(tracked -> tracked.create(KEY, POD));
        api.delay();
        controller.enqueue(KEY);
        run(Duration.ofSeconds(1));
        controller.enqueue(KEY);
        run(Duration.ofSeconds(1));
        assertEquals(1, calls.get());
        api.deliver();
        run(Duration.ofMillis(1));
        assertEquals(2, calls.get());
    }

    @Test
    void holdsAKeyUntilADeletionIsSeenThoughItsAnswerIsOld() {
        api.put(POD);
        var controller = once(tracked -> tracked.delete(KEY));
        api.delay();
        controller.enqueue(KEY);
        run(Duration.ofSeconds(1));
        controller.enqueue(KEY);
        run(Duration.ofSeconds(1));
        assertEquals(1, calls.get());
        api.deliver();
        run(Duration.ofMillis(1));
        assertEquals(2, calls.get());
    }

    @Test
    void letsAKeyGoWhenTheEventOfAWriteNeverComes() {
        var controller = once(tracked -> tracked.create(KEY, POD));
        api.delay();
        controller.enqueue(KEY);
        run(Duration.ofMillis(1));
        controller.enqueue(KEY);
        run(Duration.ofMillis(4_900));
        assertEquals(1, calls.get());
        run(Duration.ofMillis(200));
        assertEquals(2, calls.get());
    }

    @Test
    void leavesAKeyAloneWhileItRests() {
        var controller = start((key, tracked, now) -> {
            calls.incrementAndGet();
            return Reconciler.Outcome.done().resting(Duration.ofMillis(200));
        });
        controller.enqueue(KEY);
        run(Duration.ofMillis(1));
        controller.enqueue(KEY);
        api.put(POD);
        run(Duration.ofMillis(198));
        assertEquals(1, calls.get());
        run(Duration.ofMillis(2));
        assertEquals(2, calls.get());
        run(Duration.ofSeconds(1));
        assertEquals(2, calls.get());
    }

    @Test
    void holdsAKeyThatHasRestedUntilItsOwnWritesAreSeen() {
        var controller = start((key, tracked, now) -> {
            if (calls.incrementAndGet() == 1) {
                tracked.create(KEY, POD);
            }
            return Reconciler.Outcome.done().resting(Duration.ofMillis(200));
        });
        api.delay();
        controller.enqueue(KEY);
        run(Duration.ofMillis(1));
        controller.enqueue(KEY);
        run(Duration.ofSeconds(1));
        assertEquals(1, calls.get());
        api.deliver();
        run(Duration.ofMillis(1));
        assertEquals(2, calls.get());
    }

    @Test
    void retriesAConflictSoon() {
        api.refuseNextWrite(ApiException.conflict("pods", "a", "changed"));
        start((key, tracked, now) -> {
            calls.incrementAndGet();
            tracked.update(KEY, POD);
            return Reconciler.Outcome.done();
        }).enqueue(KEY);
        run(Duration.ofMillis(20));
        assertEquals(2, calls.get());
    }

    @Test
    void triesAFailingKeyLessAndLessOften() {
        start((key, tracked, now) -> {
            calls.incrementAndGet();
            throw calls.get() % 2 == 0 ? new IllegalStateException("a bug") : ApiException.internal("refused");
        }).enqueue(KEY);
        run(Duration.ofSeconds(10));
        assertTrue(calls.get() > 5 && calls.get() < 15, "calls: " + calls.get());
    }
}
