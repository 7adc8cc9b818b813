package dev.starling.bench;

import dev.starling.kube.http.ClusterAccess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.HdrHistogram.Histogram;

/**
 * Durable writes of 1 KiB: config maps created, updated, patched and deleted, 40, 30, 20 and 10 of a hundred. Each
 * client has a connection and objects of its own, and writes again as soon as it is answered.
 */
final class Writes {
    private static final String PATH = "/api/v1/namespaces/default/configmaps";
    private static final String JSON = "application/json";
    private static final int VALUE = 800; // with the rest of the object about 1 KiB
    private static final int LEAST = 4;

    private final ClusterAccess access;
    private final SSLContext tls;
    private int round;

    Writes(ClusterAccess access) {
        this.access = access;
        this.tls = access.tls();
    }

    /** @param times in microseconds */
    record Result(Histogram times, double seconds) {
        double perSecond() {
            return times.getTotalCount() / seconds;
        }
    }

    Result measure(int clients, Duration time) {
        round++;
        long begun = System.nanoTime();
        long end = begun + time.toNanos();
        var all = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
        try (var threads = Executors.newFixedThreadPool(clients)) {
            var running = new ArrayList<Future<Histogram>>();
            for (int i = 0; i < clients; i++) {
                int number = i;
                running.add(threads.submit(() -> new Client(number).run(end)));
            }
            for (var one : running) {
                all.add(one.get());
            }
        } catch (ExecutionException e) {
            throw new BenchException(String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
        return new Result(all, (System.nanoTime() - begun) / 1e9);
    }

    private final class Client {
        private final Random random;
        private final String prefix;
        private final ArrayDeque<String> mine = new ArrayDeque<>();
        private int made;

        Client(int number) {
            this.random = new Random(number);
            this.prefix = "bench-" + round + "-" + number + "-";
        }

        Histogram run(long end) {
            var times = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
            try (var wire = new Wire(access, tls)) {
                while (System.nanoTime() < end) {
                    long begun = System.nanoTime();
                    write(wire);
                    times.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun));
                }
                for (String name : List.copyOf(mine)) {
                    wire.call("DELETE", PATH + "/" + name, JSON, new byte[0]);
                }
            }
            return times;
        }

        private void write(Wire wire) {
            int choice = random.nextInt(100);
            if (mine.size() < LEAST || choice < 40) {
                String name = prefix + made++;
                wire.call("POST", PATH, JSON, body(name));
                mine.add(name);
                return;
            }
            String name = mine.poll();
            if (choice < 70) {
                wire.call("PUT", PATH + "/" + name, JSON, body(name));
                mine.add(name);
            } else if (choice < 90) {
                wire.call("PATCH", PATH + "/" + name, "application/merge-patch+json",
                        ("{\"data\":{\"v\":\"" + value() + "\"}}").getBytes(StandardCharsets.US_ASCII));
                mine.add(name);
            } else {
                wire.call("DELETE", PATH + "/" + name, JSON, new byte[0]);
            }
        }

        private byte[] body(String name) {
            return ("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                    + "\"},\"data\":{\"v\":\"" + value() + "\"}}").getBytes(StandardCharsets.US_ASCII);
        }

        private String value() {
            var text = new StringBuilder(VALUE);
            for (int i = 0; i < VALUE; i++) {
                text.append((char) ('a' + random.nextInt(26)));
            }
            return text.toString();
        }
    }
}
