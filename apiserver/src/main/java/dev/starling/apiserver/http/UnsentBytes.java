package dev.starling.apiserver.http;

import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.util.NanoTime;

/**
 * Bounds what is made for single watchers, in a form that no other shares, and has not left yet. A watcher that reads
 * gives its bytes back within moments, so where there are too many, those who have held theirs for long are the ones
 * who do not read: they are cut off, and others of such forms wait until then. Thread-safe.
 */
final class UnsentBytes implements MetricSource {
    private static final System.Logger LOG = System.getLogger(UnsentBytes.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final int LET_GO = 64; // at once: each may send, and the others look again soon

    private final long most;
    private final Duration patience;
    private final AtomicLong bytes = new AtomicLong();
    private final Map<Piece, Runnable> pieces = new ConcurrentHashMap<>(); // with what cuts off their watchers
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>(); // each stream once
    private final AtomicBoolean looking = new AtomicBoolean();
    private final LongAdder delayed = new LongAdder();

    /** What is on its way to one watcher. */
    final class Piece {
        private final long since = NanoTime.now();
        private final int size;

        private Piece(int size) {
            this.size = size;
        }

        /** It has left, or never will. */
        void gone() {
            if (pieces.remove(this) != null && bytes.addAndGet(-size) < most) {
                letGo();
            }
        }
    }

    UnsentBytes(ServerLimits limits) {
        this(limits.unreadBytes(), PATIENCE);
    }

    UnsentBytes(long most, Duration patience) {
        this.most = most;
        this.patience = patience;
    }

    /** Whether a watcher may have more made; if not, {@code later} is run once it may. */
    boolean admits(Runnable later) {
        if (bytes.get() < most) {
            return true;
        }
        delayed.increment();
        waiting.add(later);
        look();
        return false;
    }

    /** Whether nothing more should be made for single watchers just now. */
    boolean full() {
        return bytes.get() >= most;
    }

    /** Something was made for one watcher alone, and goes its way. */
    Piece sent(int size, Runnable cut) {
        var piece = new Piece(size);
        pieces.put(piece, cut);
        bytes.addAndGet(size);
        return piece;
    }

    /** Looks for those who do not read for as long as somebody waits. */
    private void look() {
        if (looking.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS).execute(this::cutTheSilent);
        }
    }

    private void cutTheSilent() {
        looking.set(false);
        if (full()) {
            pieces.forEach((piece, cut) -> {
                if (NanoTime.millisSince(piece.since) > patience.toMillis()) {
                    cutOff(cut);
                }
            });
        }
        letGo();
    }

    private static void cutOff(Runnable cut) {
        try {
            cut.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a watch that is not read could not be cut off", e);
        }
    }

    private void letGo() {
        for (int i = 0; i < LET_GO && !full(); i++) {
            var next = waiting.poll();
            if (next == null) {
                return;
            }
            next.run();
        }
        if (!waiting.isEmpty()) {
            look();
        }
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                Metric.gauge("apiserver_unsent_watch_bytes", "Events made for single watchers that have not left yet.",
                        Map.of(), bytes.get()),
                Metric.counter("apiserver_delayed_watches_total",
                        "Times that a watch had to wait because too much was unsent.", Map.of(), delayed.sum()));
    }
}
