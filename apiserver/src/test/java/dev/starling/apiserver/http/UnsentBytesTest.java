package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class UnsentBytesTest {
    private static final Runnable NOBODY = () -> { };

    @Test
    void whoWaitsGoesOnOnceOthersHaveRead() {
        var unsent = new UnsentBytes(10, Duration.ofMinutes(1));
        var piece = unsent.sent(10, NOBODY);
        var later = new AtomicInteger();
        assertFalse(unsent.admits(later::incrementAndGet));
        assertTrue(unsent.full());
        piece.gone();
        piece.gone();
        assertEquals(1, later.get());
        assertFalse(unsent.full());
        assertTrue(unsent.admits(later::incrementAndGet));
    }

    @Test
    void cutsThoseWhoDoNotReadWhileSomebodyWaits() throws InterruptedException {
        var unsent = new UnsentBytes(10, Duration.ofMillis(1));
        var cut = new CountDownLatch(1);
        unsent.sent(10, cut::countDown);
        assertFalse(unsent.admits(NOBODY));
        assertTrue(cut.await(20, TimeUnit.SECONDS));
    }

    @Test
    void cutsOthersThoughOneFailsToBeCut() throws InterruptedException {
        var unsent = new UnsentBytes(10, Duration.ofMillis(1));
        var cut = List.of(new CountDownLatch(1), new CountDownLatch(1));
        for (var each : cut) {
            unsent.sent(10, () -> {
                each.countDown();
                throw new IllegalStateException("broken on purpose");
            });
        }
        assertFalse(unsent.admits(NOBODY));
        for (var each : cut) {
            assertTrue(each.await(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void aFewGoOnAtATime() throws InterruptedException {
        var unsent = new UnsentBytes(10, Duration.ofMinutes(1));
        var piece = unsent.sent(10, NOBODY);
        var later = new CountDownLatch(1_000);
        for (int i = 0; i < 1_000; i++) {
            assertFalse(unsent.admits(later::countDown));
        }
        piece.gone();
        assertTrue(later.getCount() > 0);
        assertTrue(later.await(20, TimeUnit.SECONDS));
    }
}
