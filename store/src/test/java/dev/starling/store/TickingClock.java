package dev.starling.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** Goes with the system's clock and can be put forward. */
public final class TickingClock implements InstantSource {
    private final InstantSource system = InstantSource.system();
    private final AtomicLong aheadMs = new AtomicLong();

    @Override
    public Instant instant() {
        return system.instant().plusMillis(aheadMs.get());
    }

    public void putForward(Duration by) {
        aheadMs.addAndGet(by.toMillis());
    }
}
