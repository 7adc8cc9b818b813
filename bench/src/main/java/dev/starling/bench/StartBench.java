package dev.starling.bench;

import dev.starling.kube.http.HttpApi;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** {@code starling bench start}: the first marks of speed, on a server of its own. */
final class StartBench {
    private static final int STARTS = 5;
    private static final int PODS = 50;
    private static final int UNCOUNTED_PODS = 5;
    private static final Duration SETTLE = Duration.ofSeconds(20);
    private static final Duration IDLE = Duration.ofSeconds(20);
    private static final double MS = 1000.0;

    private final Report report = new Report();
    private final Path home;
    private final Path scratch;

    StartBench(Path home, Path scratch) {
        this.home = home;
        this.scratch = scratch;
    }

    void run() {
        report.head("./starling bench start");
        starts();
        try (var server = server(); var api = server.api()) {
            server.awaitPool(api);
            idle(server);
            pods(server, api);
            web(server, api);
        }
        report.foot();
    }

    private Server server() {
        return new Server(home, scratch.resolve("data"), List.of());
    }

    private void starts() {
        try (var first = server(); var api = first.api()) {
            first.awaitPool(api);
            report.row("first start in an empty folder, command to /readyz",
                    first.startMs() + " ms (" + first.startCpuMs() + " ms of processor)", "");
        }
        var times = new ArrayList<Long>();
        var processor = new ArrayList<Long>();
        for (int i = 0; i < STARTS; i++) {
            try (var server = server(); var api = server.api()) {
                times.add(server.startMs());
                processor.add(server.startCpuMs());
                server.awaitPool(api);
            }
        }
        report.median("start, command to /readyz", times, "at most 1500 ms");
        report.median("  processor time of that", processor, "");
    }

    private void idle(Server server) {
        Patience.pass(SETTLE);
        long before = Processes.cpuMs(server.jvm());
        long beforeContainerd = Processes.cpuMs(server.containerd());
        Patience.pass(IDLE);
        report.row("idle: JVM, processor", share(Processes.cpuMs(server.jvm()) - before), "under 2 % of a core");
        report.row("idle: containerd, processor",
                share(Processes.cpuMs(server.containerd()) - beforeContainerd), "");
        memory("idle: JVM, memory", server.jvm(), "at most 250 MB");
        memory("idle: containerd, memory", server.containerd(), "");
        memory("idle: " + server.shims().size() + " shims of warm sandboxes, memory", server.shims(), "");
    }

    private static String share(long cpuMs) {
        return String.format(Locale.ROOT, "%.1f %% of a core", 100.0 * cpuMs / IDLE.toMillis());
    }

    private void memory(String what, List<Long> pids, String goal) {
        var memory = Processes.memory(pids);
        report.row(what, memory.rss() / 1024 + " MB resident, " + memory.pss() / 1024 + " MB its own share", goal);
    }

    private void pods(Server server, HttpApi api) {
        var starts = new PodStarts(api);
        starts.measure(UNCOUNTED_PODS);
        long jvm = Processes.cpuMs(server.jvm());
        long containerd = Processes.cpuMs(server.containerd());
        Histogram times = starts.measure(PODS);
        report.row("warm: POST of a pod to Running on a watch, " + PODS + " pods", String.format(Locale.ROOT,
                "p50 %.0f ms, p90 %.0f ms, max %.0f ms", times.getValueAtPercentile(50) / MS,
                times.getValueAtPercentile(90) / MS, times.getMaxValue() / MS), "p50 under 150 ms");
        report.row("  processor time for each, start and end",
                (Processes.cpuMs(server.jvm()) - jvm) / PODS + " ms JVM, "
                        + (Processes.cpuMs(server.containerd()) - containerd) / PODS + " ms containerd", "");
    }

    private void web(Server server, HttpApi api) {
        var first = new FirstRequest(api, server.kubeconfig(), scratch);
        first.measure();
        var times = new ArrayList<Long>();
        for (int i = 0; i < STARTS; i++) {
            times.add(first.measure());
        }
        report.median("kubectl apply of nginx to a served HTTP request", times, "under 1000 ms");
    }
}
