package dev.starling.bench;

import dev.starling.kube.http.HttpApi;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * {@code starling bench scale}: the whole control plane with the durable store and TLS, on simulated nodes; the client
 * follows the pods by a watch.
 */
final class ScaleBench {
    /** What may be asked for alone. */
    static final List<String> PARTS = List.of("deployment", "pods");

    private static final int NODES = 1_000;
    private static final int PODS = 10_000;
    private static final int WARM_UP = 2_000;
    private static final int ROUNDS = 3;
    private static final int IN_FLIGHT = 32;
    private static final Duration MOST = Duration.ofMinutes(10);
    private static final String NAMESPACE = "default";
    private static final String PODS_PATH = "/api/v1/namespaces/" + NAMESPACE + "/pods";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/" + NAMESPACE + "/deployments";
    private static final String JSON = "application/json";
    private static final String SPEC = "{\"containers\":[{\"name\":\"main\",\"image\":\"nginx:1\",\"resources\":"
            + "{\"requests\":{\"cpu\":\"100m\",\"memory\":\"128Mi\"}}}],\"terminationGracePeriodSeconds\":0}";

    private final Report report = new Report();
    private final Path home;
    private final Path scratch;
    private int round;

    ScaleBench(Path home, Path scratch) {
        this.home = home;
        this.scratch = scratch;
    }

    /** @param wanted parts; none for all */
    void run(List<String> wanted) {
        var parts = wanted.isEmpty() ? PARTS : wanted;
        report.head("./starling bench scale" + wanted.stream().map(part -> " " + part).collect(Collectors.joining()));
        var options = List.of("--runtime", "simulated", "--nodes", "" + NODES, "--node-size", "4,32Gi,110", "--warm",
                "0");
        try (var server = new Server(home, scratch.resolve("data"), options); var api = server.api()) {
            awaitNodes(server, api);
            if (parts.contains("deployment")) {
                deployment(server, WARM_UP, false);
                for (int i = 0; i < ROUNDS; i++) {
                    deployment(server, PODS, true);
                }
            }
            if (parts.contains("pods")) {
                pods(server, WARM_UP, false);
                for (int i = 0; i < ROUNDS; i++) {
                    pods(server, PODS, true);
                }
            }
        }
        report.foot();
    }

    private static void awaitNodes(Server server, HttpApi api) {
        server.awaitPool(api);
        try (var wire = new Wire(server.access(), server.access().tls())) {
            Patience.until(NODES + " nodes are there", Duration.ofMinutes(2), () -> {
                Patience.pass(Duration.ofMillis(200));
                return wire.text("/api/v1/nodes").split("\"type\":\"Ready\"", -1).length > NODES;
            });
        }
    }

    /** From no pod to so many and back, by a Deployment's scale. */
    private void deployment(Server server, int pods, boolean told) {
        String name = "scale-" + round++;
        try (var follower = new PodFollower(server.access(), NAMESPACE)) {
            call(server, "POST", DEPLOYMENTS, JSON, """
                    {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"%1$s"},"spec":{"replicas":0,
                    "selector":{"matchLabels":{"app":"%1$s"}},"template":{"metadata":{"labels":{"app":"%1$s"}},
                    "spec":%2$s}}}""".formatted(name, SPEC));
            Patience.pass(Duration.ofSeconds(1));
            var up = new Span(server, pods);
            scale(server, name, pods);
            follower.awaitRunning(pods, MOST);
            if (told) {
                row("a Deployment from 0 to 10,000, to the last Running", pods, follower.untilRunning(pods, up.begun),
                        "at least 2,000/s");
                up.cost();
            }
            var down = new Span(server, pods);
            scale(server, name, 0);
            follower.awaitGone(pods, MOST);
            if (told) {
                row("and back to 0, to the last one gone", pods,
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - down.begun), "");
                down.cost();
            }
            call(server, "DELETE", DEPLOYMENTS + "/" + name, JSON, "");
        }
    }

    private static void scale(Server server, String name, int replicas) {
        call(server, "PATCH", DEPLOYMENTS + "/" + name + "/scale", "application/merge-patch+json",
                "{\"spec\":{\"replicas\":" + replicas + "}}");
    }

    /** On a connection of its own: between calls the server would end an idle one. */
    private static void call(Server server, String method, String path, String type, String body) {
        try (var wire = new Wire(server.access(), server.access().tls())) {
            wire.call(method, path, type, bytes(body));
        }
    }

    private void row(String what, int pods, long millis, String goal) {
        report.row(what, String.format(Locale.ROOT, "%.1f s, %.0f pods/s", millis / 1e3, pods * 1e3 / millis), goal);
    }

    /** What is used from now on. */
    private final class Span {
        private final Server server;
        private final int pods;
        private final long cpu;
        private final long own = Processes.ownCpuMs();
        private final long begun = System.nanoTime();

        Span(Server server, int pods) {
            this.server = server;
            this.pods = pods;
            this.cpu = Processes.cpuMs(server.jvm());
        }

        void cost() {
            report.row("  for each pod", String.format(Locale.ROOT, "%.2f ms of processor (client %.2f)",
                    (double) (Processes.cpuMs(server.jvm()) - cpu) / pods,
                    (double) (Processes.ownCpuMs() - own) / pods), "");
        }
    }

    /** Single pods, so many at once in flight, each on a connection. */
    private void pods(Server server, int pods, boolean told) {
        String prefix = "single-" + round++ + "-";
        try (var follower = new PodFollower(server.access(), NAMESPACE)) {
            var span = new Span(server, pods);
            var posted = post(server, prefix, pods);
            follower.awaitRunning(pods, MOST);
            if (told) {
                row("10,000 pods posted one by one, to the last Running", pods,
                        follower.untilRunning(pods, span.begun), "at least 1,200/s");
                span.cost();
                latency(follower, prefix, posted);
            }
            call(server, "DELETE", PODS_PATH, JSON, "");
            follower.awaitGone(pods, MOST);
        }
    }

    private void latency(PodFollower follower, String prefix, List<Long> posted) {
        var times = new Histogram(TimeUnit.MINUTES.toMicros(10), 3);
        for (int i = 0; i < posted.size(); i++) {
            times.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(
                    follower.runningSince(prefix + i) - posted.get(i))));
        }
        report.row("  each from its POST to Running", String.format(Locale.ROOT, "p50 %.0f ms, p99 %.0f ms",
                times.getValueAtPercentile(50) / 1e3, times.getValueAtPercentile(99) / 1e3), "");
    }

    /** When each was sent. */
    private static List<Long> post(Server server, String prefix, int pods) {
        var tls = server.access().tls();
        var next = new AtomicLong();
        var sent = new Long[pods];
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < IN_FLIGHT; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try (var wire = new Wire(server.access(), tls)) {
                    for (int n = (int) next.getAndIncrement(); n < pods; n = (int) next.getAndIncrement()) {
                        sent[n] = System.nanoTime();
                        wire.call("POST", PODS_PATH, JSON, bytes("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":"
                                + "{\"name\":\"" + prefix + n + "\"},\"spec\":" + SPEC + "}"));
                    }
                }
            }));
        }
        threads.forEach(Patience::end);
        return List.of(sent);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
