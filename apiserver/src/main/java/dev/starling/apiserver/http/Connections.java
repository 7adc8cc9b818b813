package dev.starling.apiserver.http;

import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Bounds the open connections. Where there are too many, those that were idle longest make room, so that whoever opens
 * many and leaves them does not lock others out; a new one is closed only while all others are busy. Handshakes and
 * heads of requests that take too long are cut off however steadily their bytes drip. Thread-safe.
 */
final class Connections implements Connection.Listener, MetricSource {
    /** Which part of all makes room at once, so that the oldest are not sought for each new one. */
    private static final int PART = 64;
    /** Files that the server needs beside connections. */
    private static final int OTHER_FILES = 256;
    private static final Path PROCESS_LIMITS = Path.of("/proc/self/limits");

    private final ServerLimits limits;
    private final int most;
    private final Map<EndPoint, Open> open = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private final LongAdder evicted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder slow = new LongAdder();
    private final LongAdder silent = new LongAdder();
    private final LongAdder malformed = new LongAdder();
    private volatile Runnable wake = () -> { };

    Connections(ServerLimits limits) {
        this.limits = limits;
        this.most = Math.min(limits.connections(), Math.max(1, files() - OTHER_FILES));
    }

    /** How many files the process may open: each connection is one. */
    private static int files() {
        try (var lines = Files.lines(PROCESS_LIMITS)) {
            return lines.filter(line -> line.startsWith("Max open files")).map(line -> line.split("\\s{2,}")[1])
                    .filter(text -> text.length() < 9 && text.chars().allMatch(Character::isDigit))
                    .mapToInt(Integer::parseInt).findFirst().orElse(Integer.MAX_VALUE);
        } catch (IOException | UncheckedIOException e) {
            return Integer.MAX_VALUE;
        }
    }

    /** One connection, by what its requests know it by. Written by its own threads, read by all. */
    private static final class Open {
        private final SslConnection tls;
        private final AtomicInteger active = new AtomicInteger();
        private volatile long idleSince = NanoTime.now();
        private volatile long bytesBefore;
        private volatile boolean served;
        private final AtomicBoolean gone = new AtomicBoolean();
        private final AtomicBoolean silent = new AtomicBoolean();
        private Optional<Long> pendingSince = Optional.empty(); // of the sweep

        Open(SslConnection tls) {
            this.tls = tls;
        }

        Connection application() {
            return tls.getSslEndPoint().getConnection();
        }

        boolean idle() {
            return !gone.get() && active.get() == 0 && !(application() instanceof Tunnel);
        }

        /** Whether a handshake or the head of a request has begun; HTTP/2 tells by its streams alone. */
        boolean pending() {
            var application = application();
            boolean multiplexed = application.getClass().getName().contains(".http2.");
            return idle() && (multiplexed ? !served : !served && application.getMessagesIn() <= 0
                    || application.getBytesIn() > bytesBefore);
        }

        /** For how long it was pending whenever it was looked at. */
        long pendingMs() {
            if (!pending()) {
                pendingSince = Optional.empty();
            } else if (pendingSince.isEmpty()) {
                pendingSince = Optional.of(NanoTime.now());
            }
            return pendingSince.map(NanoTime::millisSince).orElse(0L);
        }

        void end() {
            bytesBefore = application().getBytesIn();
            idleSince = NanoTime.now();
            active.decrementAndGet();
        }

        /** It counts no more; true for the first who says so, because to be closed takes a while. */
        boolean leave() {
            return gone.compareAndSet(false, true);
        }
    }

    /** Looks for what is slow from now on, while there are connections. */
    void sweptBy(Scheduler scheduler) {
        long pause = Math.max(50, limits.head().toMillis() / 4);
        wake = () -> {
            if (sweeping.compareAndSet(false, true)) {
                scheduler.schedule(this::sweep, pause, TimeUnit.MILLISECONDS);
            }
        };
    }

    private void sweep() {
        sweeping.set(false);
        long most = limits.head().toMillis();
        for (var each : open.values()) {
            if (each.pendingMs() > most) {
                cut(each, slow);
            }
        }
        if (!open.isEmpty()) {
            wake.run();
        }
    }

    @Override
    public void onOpened(Connection connection) {
        if (!(connection instanceof SslConnection tls)) {
            return;
        }
        open.put(tls.getSslEndPoint(), new Open(tls));
        if (count.incrementAndGet() > most && !makeRoom(tls.getSslEndPoint())) {
            refused.increment();
            tls.getEndPoint().close();
        }
        wake.run();
    }

    private boolean makeRoom(EndPoint newest) {
        var oldest = open.entrySet().stream().filter(each -> each.getKey() != newest && each.getValue().idle())
                .map(Map.Entry::getValue)
                .sorted(Comparator.comparingLong((Open each) -> NanoTime.since(each.idleSince)).reversed())
                .limit(Math.max(1, most / PART)).toList();
        return oldest.stream().filter(each -> cut(each, evicted)).count() > 0;
    }

    private boolean cut(Open each, LongAdder counted) {
        boolean first = each.leave();
        if (first) {
            count.decrementAndGet();
            counted.increment();
            each.tls.getEndPoint().close();
        }
        return first;
    }

    @Override
    public void onClosed(Connection connection) {
        if (connection instanceof SslConnection tls) {
            var over = open.remove(tls.getSslEndPoint());
            if (over != null && over.leave()) {
                count.decrementAndGet();
            }
        }
    }

    /** No byte came or went for too long; the engine closes a connection on which no request waits. */
    void silent(Connection connection) {
        if (connection instanceof SslConnection tls) {
            var here = open.get(tls.getSslEndPoint());
            if (here != null && here.idle() && here.silent.compareAndSet(false, true)) {
                silent.increment();
            }
        }
    }

    /** Something came that is no request of HTTP. */
    void malformed() {
        malformed.increment();
    }

    /** A request begins on a connection; what is answered is to be run when it is over. */
    Runnable busy(EndPoint endPoint) {
        var here = open.get(endPoint);
        if (here == null) {
            return () -> { };
        }
        here.active.incrementAndGet();
        here.served = true;
        return here::end;
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                Metric.gauge("apiserver_open_connections", "Connections of clients.", Map.of(), count.get()),
                Metric.gauge("apiserver_open_connections_limit", "How many connections there may be.", Map.of(),
                        most),
                Metric.counter("apiserver_malformed_requests_total", "What HTTP itself refuses.", Map.of(),
                        malformed.sum()),
                cut("idle", evicted), cut("all_busy", refused), cut("slow", slow), cut("silent", silent));
    }

    /** Why connections were closed, and how many. */
    static Metric cut(String why, LongAdder counted) {
        return Metric.counter("apiserver_closed_connections_total", "Connections that the server cut off by a limit.",
                Map.of("reason", why), counted.sum());
    }
}
