package dev.starling.kube.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ThreadDriverTest {
    private final Driver driver = new ThreadDriver(InstantSource.system());

    private record Named(String name, java.util.function.Function<Instant, Loop.Next> body) implements Loop {
        @Override
        public Next step(Instant now) {
            return body.apply(now);
        }
    }

    @Test
    void callsAgainAfterEveryWake() throws InterruptedException {
        var steps = new SynchronousQueue<Integer>();
        var count = new AtomicInteger();
        try (var running = driver.start(new Named("counter", now -> {
            put(steps, count.incrementAndGet());
            return Loop.Next.WHEN_WOKEN;
        }))) {
            assertEquals(1, steps.poll(5, TimeUnit.SECONDS));
            running.wake();
            assertEquals(2, steps.poll(5, TimeUnit.SECONDS));
        }
    }

    @Test
    void callsALoopAgainThatThrew() throws InterruptedException {
        var twice = new CountDownLatch(2);
        try (var running = driver.start(new Named("broken", now -> {
            twice.countDown();
            throw new IllegalStateException("broken on purpose");
        }))) {
            assertTrue(twice.await(5, TimeUnit.SECONDS));
        }
    }

    @Test
    void runsTasksSideBySideAndReturnsWhenAllAreOver() {
        var others = new CountDownLatch(3);
        var over = new AtomicInteger();
        var tasks = Collections.nCopies(3, (Runnable) () -> {
            others.countDown();
            await(others);
            over.incrementAndGet();
        });
        driver.runAll("side by side", tasks);
        assertEquals(3, over.get());
    }

    @Test
    void throwsWhatATaskThrewOnceAllAreOver() {
        var over = new AtomicInteger();
        var tasks = List.<Runnable>of(() -> {
            throw new IllegalStateException("broken on purpose");
        }, over::incrementAndGet, over::incrementAndGet);
        assertThrows(IllegalStateException.class, () -> driver.runAll("broken", tasks));
        assertEquals(2, over.get());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(5, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void stopsALoopThatIsOver() throws InterruptedException {
        var count = new AtomicInteger();
        var over = new CountDownLatch(1);
        try (var running = driver.start(new Named("short", now -> {
            count.incrementAndGet();
            over.countDown();
            return Loop.Next.OVER;
        }))) {
            assertTrue(over.await(5, TimeUnit.SECONDS));
            running.wake();
        }
        assertEquals(1, count.get());
    }

    private record Patient(String name, java.util.function.Function<Instant, Loop.Next> body) implements Loop {
        @Override
        public boolean patient() {
            return true;
        }

        @Override
        public Next step(Instant now) {
            return body.apply(now);
        }
    }

    @Test
    void callsPatientLoopsInTurnAndOthersMeanwhile() throws InterruptedException {
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var ended = new CountDownLatch(4);
        var others = new CountDownLatch(1);
        for (int i = 0; i < 4; i++) {
            driver.start(new Patient("patient", now -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                await(others);
                inside.decrementAndGet();
                ended.countDown();
                return Loop.Next.OVER;
            }));
        }
        driver.start(new Named("other", now -> {
            others.countDown();
            return Loop.Next.OVER;
        }));
        assertTrue(ended.await(5, TimeUnit.SECONDS));
        assertEquals(1, most.get());
    }

    private static void put(SynchronousQueue<Integer> queue, int value) {
        try {
            queue.put(value);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
