package dev.starling.bench;

import dev.starling.kube.http.ClusterAccess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.HdrHistogram.Histogram;

/**
 * Many watchers of one kind that changes often. Each change carries its number and the time of its request; each
 * watcher checks that it sees every number once and in order.
 */
final class Watchers {
    private static final String PATH = "/api/v1/namespaces/default/configmaps";
    private static final byte[] STAMP = "\"stamp\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final int VALUE = 3_600; // with the rest of the object about 4 KiB
    private static final Duration MOST = Duration.ofSeconds(60);

    private final ClusterAccess access;
    private final SSLContext tls;
    private volatile long last = Long.MAX_VALUE; // the number of the last change

    Watchers(ClusterAccess access) {
        this.access = access;
        this.tls = access.tls();
    }

    /** @param lags in microseconds from the request to write until the watcher has it */
    record Result(Histogram lags, int broken) {
    }

    /** @param betweenUs microseconds from one change to the next */
    Result measure(int watchers, int changes, long betweenUs) {
        last = changes - 1;
        var all = new ArrayList<Watcher>();
        try (var wire = new Wire(access, tls)) {
            wire.call("POST", PATH, "application/json", body(-1));
            for (int i = 0; i < watchers; i++) {
                var watcher = new Watcher(new Wire(access, tls));
                all.add(watcher);
                watcher.thread = Thread.ofVirtual().name("watcher-" + i).start(watcher);
            }
            Patience.until("every watcher watches", MOST, () -> all.stream().allMatch(w -> w.next >= 0));
            change(wire, changes, betweenUs);
            Patience.until("every watcher has all", MOST, () -> all.stream().allMatch(Watcher::over));
            wire.call("DELETE", PATH + "/stamped", "application/json", new byte[0]);
        } finally {
            all.forEach(watcher -> watcher.wire.close());
        }
        var lags = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
        all.forEach(watcher -> lags.add(watcher.lags));
        return new Result(lags, (int) all.stream().filter(watcher -> watcher.broken).count());
    }

    private void change(Wire wire, int changes, long betweenUs) {
        long begun = System.nanoTime();
        for (int i = 0; i < changes; i++) {
            long due = begun + TimeUnit.MICROSECONDS.toNanos(betweenUs) * i;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            wire.call("PUT", PATH + "/stamped", "application/json", body(i));
        }
    }

    private static byte[] body(int number) {
        return ("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"stamped\"},"
                + "\"data\":{\"stamp\":\"" + number + " " + System.nanoTime() + "\",\"v\":\""
                + "x".repeat(VALUE) + "\"}}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private final class Watcher implements Runnable {
        private final Wire wire;
        private final Histogram lags = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
        private Thread thread = Thread.currentThread();
        private volatile long next = -1; // the number that comes next
        private volatile boolean broken;

        Watcher(Wire wire) {
            this.wire = wire;
        }

        boolean over() {
            return broken || next > last;
        }

        @Override
        public void run() {
            try {
                InputStream in = wire.watch(PATH + "?watch=1&fieldSelector=metadata.name%3Dstamped");
                while (!over()) {
                    see(stamp(in));
                }
            } catch (IOException | BenchException e) {
                broken = true;
            }
        }

        private void see(List<Long> stamp) {
            long number = stamp.getFirst();
            if (number != next && number >= 0) {
                broken = true;
            }
            if (number >= 0) {
                lags.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - stamp.getLast()));
            }
            next = number + 1;
        }

        /** The number and the time of the next event. */
        private static List<Long> stamp(InputStream in) throws IOException {
            int matched = 0;
            while (matched < STAMP.length) {
                int c = in.read();
                if (c < 0) {
                    throw new IOException("the watch ended");
                }
                matched = c == STAMP[matched] ? matched + 1 : c == STAMP[0] ? 1 : 0;
            }
            var text = new StringBuilder();
            for (int c = in.read(); c != '"'; c = in.read()) {
                text.append((char) c);
            }
            int space = text.indexOf(" ");
            return List.of(Long.parseLong(text, 0, space, 10), Long.parseLong(text, space + 1, text.length(), 10));
        }
    }
}
