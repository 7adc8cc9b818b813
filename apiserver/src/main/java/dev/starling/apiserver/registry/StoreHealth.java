package dev.starling.apiserver.registry;

import dev.starling.store.RevisionStore;
import dev.starling.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether writes still reach the disk. However many ask, the disk is asked at most once a second, and by one of them;
 * the others hear the last answer. Thread-safe.
 */
public final class StoreHealth {
    private static final System.Logger LOG = System.getLogger(StoreHealth.class.getName());
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofSeconds(2);

    private final RevisionStore<?> store;
    private final InstantSource clock;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile Finding last = new Finding(true, Instant.EPOCH);

    private record Finding(boolean works, Instant when) {
    }

    public StoreHealth(RevisionStore<?> store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    public boolean works() {
        var known = last;
        if (clock.instant().isBefore(known.when().plus(FRESH)) || !asking.compareAndSet(false, true)) {
            return known.works();
        }
        try {
            boolean works = asked(known.works());
            last = new Finding(works, clock.instant());
            return works;
        } finally {
            asking.set(false);
        }
    }

    private boolean asked(boolean before) {
        try {
            store.probe(MOST);
            return true;
        } catch (StoreException e) {
            if (before) {
                LOG.log(System.Logger.Level.ERROR, "the store takes no writes cause=" + e.getMessage());
            }
            return false;
        }
    }
}
