package dev.starling.bench;

import dev.starling.kube.http.ClusterAccess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.HdrHistogram.Histogram;

/**
 * Many watchers of one kind that changes often. Each change carries its number and the time of its request; each
 * watcher checks that it sees every number once and in order. One thread reads for all of them.
 */
final class Watchers {
    private static final String PATH = "/api/v1/namespaces/default/configmaps";
    private static final String STAMP = "\"stamp\":\"";
    private static final int VALUE = 3_600; // with the rest of the object about 4 KiB
    private static final int PLAIN = 1 << 16;
    private static final Duration MOST = Duration.ofSeconds(120);

    private final ClusterAccess access;
    private final SSLContext tls;
    private final Histogram lags = new Histogram(TimeUnit.MINUTES.toMicros(1), 3); // the reading thread's
    private final List<Watcher> watchers = new ArrayList<>();
    private volatile boolean closed;

    Watchers(ClusterAccess access) {
        this.access = access;
        this.tls = access.tls();
    }

    /**
     * What was seen.
     *
     * @param lags in microseconds from the request to write until the watcher has it
     * @param cpuMs what the server used from the first change until the last watcher had the last one
     * @param ownCpuMs what the client used meanwhile
     */
    record Result(Histogram lags, int broken, long cpuMs, long ownCpuMs) {
    }

    /**
     * Watches, changes and counts.
     *
     * @param betweenUs microseconds from one change to the next
     */
    Result measure(int count, int changes, long betweenUs, LongSupplier cpuMs) {
        try (var wire = new Wire(access, tls); var selector = Selector.open()) {
            wire.call("POST", PATH, "application/json", body(-1));
            open(count, selector);
            var reader = Thread.ofPlatform().name("watchers").start(() -> read(selector));
            await("every watcher watches", 0);
            long before = cpuMs.getAsLong();
            long own = Processes.ownCpuMs();
            change(wire, changes, betweenUs);
            await("every watcher has all", changes);
            long used = cpuMs.getAsLong() - before;
            own = Processes.ownCpuMs() - own;
            closed = true;
            reader.join();
            wire.call("DELETE", PATH + "/stamped", "application/json", new byte[0]);
            return new Result(lags, (int) watchers.stream().filter(watcher -> watcher.broken).count(), used, own);
        } catch (IOException e) {
            throw new BenchException("the watchers can't read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        } finally {
            closed = true;
            watchers.forEach(watcher -> watcher.tap.close());
        }
    }

    private void open(int count, Selector selector) throws IOException {
        var server = access.server();
        String request = "GET " + PATH + "?watch=1&fieldSelector=metadata.name%3Dstamped HTTP/1.1\r\nHost: "
                + server.getHost() + ":" + server.getPort() + "\r\nAccept: application/json\r\n\r\n";
        var address = new InetSocketAddress(server.getHost(), server.getPort());
        var plain = ByteBuffer.allocate(PLAIN);
        for (int i = 0; i < count; i++) {
            var watcher = new Watcher(new Tap(address, tls, request, plain));
            watchers.add(watcher);
            watcher.tap.joins(selector, watcher);
        }
    }

    private void await(String what, long number) {
        Patience.until(what, MOST, () -> watchers.stream().allMatch(w -> w.broken || w.next >= number));
    }

    private void read(Selector selector) {
        var plain = ByteBuffer.allocate(PLAIN);
        try {
            while (!closed) {
                selector.select(key -> read(key, plain), 100);
            }
        } catch (IOException e) {
            watchers.forEach(watcher -> watcher.broken = true);
        }
    }

    private static void read(SelectionKey key, ByteBuffer plain) {
        var watcher = (Watcher) key.attachment();
        try {
            watcher.tap.read(plain);
            watcher.take(plain);
        } catch (IOException e) {
            watcher.broken = true;
            key.cancel();
        }
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

    private final class Watcher {
        private final Tap tap;
        private byte[] rest = {}; // what may be the beginning of a stamp
        private volatile long next = -1; // the number that comes next
        private volatile boolean broken;

        Watcher(Tap tap) {
            this.tap = tap;
        }

        private void take(ByteBuffer plain) {
            byte[] all = Arrays.copyOf(rest, rest.length + plain.remaining());
            plain.get(all, rest.length, plain.remaining());
            var text = new String(all, StandardCharsets.ISO_8859_1);
            int seen = 0;
            int end = 0;
            for (int at = text.indexOf(STAMP); at >= 0 && end >= 0; at = text.indexOf(STAMP, seen)) {
                end = text.indexOf('"', at + STAMP.length());
                if (end < 0) {
                    seen = at;
                    break;
                }
                see(text.substring(at + STAMP.length(), end));
                seen = end;
            }
            rest = Arrays.copyOfRange(all, end < 0 ? seen : Math.max(seen, all.length - STAMP.length() + 1),
                    all.length);
        }

        private void see(String stamp) {
            int space = stamp.indexOf(' ');
            long number = Long.parseLong(stamp, 0, space, 10);
            if (number != next && number >= 0) {
                broken = true;
            }
            if (number >= 0) {
                long made = Long.parseLong(stamp, space + 1, stamp.length(), 10);
                lags.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - made));
            }
            next = number + 1;
        }
    }
}
