package dev.starling.bench;

import dev.starling.kube.http.HttpApi;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** {@code starling bench api}: the API server alone, over TLS, with the durable store; pods are never placed. */
final class ApiBench {
    /** What may be asked for alone. */
    static final List<String> PARTS = List.of("writes", "watches", "lists", "starts");

    private static final Duration COLD = Duration.ofSeconds(15);
    private static final Duration WARM_UP = Duration.ofSeconds(40);
    private static final Duration WRITES = Duration.ofSeconds(20);
    private static final int MANY = 64;
    private static final int PODS = 10_000;
    private static final int LISTS = 60;
    private static final int UNCOUNTED_LISTS = 20;
    private static final int AT_ONCE = 16;
    private static final int WATCHERS = 1_000;
    private static final int CHANGES = 1_000;
    private static final int UNCOUNTED_CHANGES = 500;
    private static final int CHANGE_EVERY_US = 10_000;
    private static final int STARTS = 5;
    private static final String LIST = "/api/v1/namespaces/default/pods";
    private static final double MS = 1000.0;

    private final Report report = new Report();
    private final Path home;
    private final Path scratch;

    ApiBench(Path home, Path scratch) {
        this.home = home;
        this.scratch = scratch;
    }

    /** @param wanted parts; none for all */
    void run(List<String> wanted) {
        var parts = wanted.isEmpty() ? PARTS : wanted;
        report.head("./starling bench api" + wanted.stream().map(part -> " " + part).collect(Collectors.joining()));
        try (var server = server(); var api = server.api()) {
            if (parts.contains("writes")) {
                writes(server, api);
            }
            if (parts.contains("watches")) {
                watchers(server);
            }
            if (parts.contains("lists") || parts.contains("starts")) {
                fill(server);
            }
            if (parts.contains("lists")) {
                lists(server);
                listsAtOnce(server);
            }
        }
        if (parts.contains("starts")) {
            starts();
        }
        report.foot();
    }

    private Server server() {
        return new Server(home, scratch.resolve("data"), List.of("--runtime", "simulated", "--no-profile"));
    }

    private void writes(Server server, HttpApi api) {
        var writes = new Writes(server.access());
        write(server, api, new Load(writes, MANY, COLD), "64 clients, the first seconds of a server", "");
        writes.measure(MANY, WARM_UP);
        write(server, api, new Load(writes, 1, WRITES), "1 client", "p50 at most 0.5 ms");
        write(server, api, new Load(writes, MANY, WRITES), "64 clients", "at least 9,600/s");
    }

    private record Load(Writes writes, int clients, Duration time) {
    }

    private void write(Server server, HttpApi api, Load load, String who, String goal) {
        long cpu = Processes.cpuMs(server.jvm());
        long own = Processes.ownCpuMs();
        double forces = server.metric(api, "starling_store_forces_total");
        var result = load.writes().measure(load.clients(), load.time());
        long count = result.times().getTotalCount();
        report.row("durable writes of 1 KiB, " + who, String.format(Locale.ROOT, "%.0f/s, p50 %.2f ms, p99 %.2f ms",
                result.perSecond(), at(result.times(), 50), at(result.times(), 99)), goal);
        report.row("  for each write", String.format(Locale.ROOT, "%.3f ms of processor (client %.3f), "
                + "%.3f forced writes", (double) (Processes.cpuMs(server.jvm()) - cpu) / count,
                (double) (Processes.ownCpuMs() - own) / count,
                (server.metric(api, "starling_store_forces_total") - forces) / count), "");
    }

    private static double at(Histogram times, double percentile) {
        return times.getValueAtPercentile(percentile) / MS;
    }

    private void watchers(Server server) {
        new Watchers(server.access()).measure(WATCHERS, UNCOUNTED_CHANGES, CHANGE_EVERY_US, () -> 0);
        var result = new Watchers(server.access()).measure(WATCHERS, CHANGES, CHANGE_EVERY_US,
                () -> Processes.cpuMs(server.jvm()));
        long count = result.lags().getTotalCount();
        report.row("1,000 watchers, 4 KiB, 100 changes a second", String.format(Locale.ROOT,
                "lag p50 %.1f ms, p99 %.1f ms; %d broken", at(result.lags(), 50), at(result.lags(), 99),
                result.broken()), "p99 under 50 ms");
        report.row("  for each event that a watcher gets", String.format(Locale.ROOT,
                "%.4f ms of processor (client %.4f)", (double) result.cpuMs() / count,
                (double) result.ownCpuMs() / count), "");
    }

    private void fill(Server server) {
        var tls = server.access().tls();
        var next = new AtomicLong();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < AT_ONCE; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try (var wire = new Wire(server.access(), tls)) {
                    for (long n = next.getAndIncrement(); n < PODS; n = next.getAndIncrement()) {
                        wire.call("POST", LIST, "application/json",
                                Pods.body((int) n).getBytes(StandardCharsets.UTF_8));
                    }
                }
            }));
        }
        threads.forEach(Patience::end);
    }

    private void lists(Server server) {
        try (var wire = new Wire(server.access(), server.access().tls())) {
            for (String query : List.of("", "?resourceVersion=0")) {
                var times = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
                long length = 0;
                for (int i = 0; i < UNCOUNTED_LISTS; i++) {
                    length = wire.read(LIST + query).length();
                }
                long cpu = Processes.cpuMs(server.jvm());
                for (int i = 0; i < LISTS; i++) {
                    long begun = System.nanoTime();
                    wire.read(LIST + query);
                    times.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun));
                }
                report.row("list of 10,000 pods, " + (query.isEmpty() ? "the newest" : "resourceVersion=0"),
                        String.format(Locale.ROOT, "p50 %.0f ms, p99 %.0f ms, %.1f MB", at(times, 50), at(times, 99),
                                length / 1e6), "at most 45 ms");
                report.row("  for each list", (Processes.cpuMs(server.jvm()) - cpu) / LISTS + " ms of processor", "");
            }
        }
    }

    /** The memory is looked at all the while, because it falls again afterwards. */
    private void listsAtOnce(Server server) {
        long before = Processes.memory(server.jvm()).rss();
        var most = new AtomicLong(before);
        var over = new AtomicBoolean();
        var looks = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                most.accumulateAndGet(Processes.memory(server.jvm()).rss(), Math::max);
                Patience.pass(Duration.ofMillis(5));
            }
        });
        var tls = server.access().tls();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < AT_ONCE; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try (var wire = new Wire(server.access(), tls)) {
                    wire.read(LIST);
                }
            }));
        }
        long begun = System.nanoTime();
        threads.forEach(Patience::end);
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        over.set(true);
        Patience.end(looks);
        report.row("16 such lists at once", took + " ms; memory from " + before / 1024 + " to " + most.get() / 1024
                + " MB", "");
    }

    private void starts() {
        var ready = new ArrayList<Long>();
        for (int i = 0; i < STARTS; i++) {
            try (var server = server(); var wire = new Wire(server.access(), server.access().tls())) {
                long begun = System.nanoTime();
                wire.read(LIST);
                ready.add(server.startMs() + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
            }
        }
        report.median("start with 10,000 pods, command to the first list", ready, "at most 1500 ms");
    }
}
