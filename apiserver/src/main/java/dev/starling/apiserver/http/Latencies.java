package dev.starling.apiserver.http;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** How long requests took, as the histogram {@code apiserver_request_duration_seconds}. Thread-safe. */
final class Latencies {
    static final Label OTHER = new Label("other", "", "", "other", "");
    private static final double[] BOUNDS = {0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6,
        8, 10, 15, 20, 30, 45, 60};
    private static final Map<String, String> VERBS = Map.of("get", "GET", "list", "LIST", "create", "POST", "update",
            "PUT", "patch", "PATCH", "delete", "DELETE", "deletecollection", "DELETECOLLECTION");
    private static final Set<String> SUBRESOURCES = Set.of("", "status", "scale", "binding", "eviction", "log", "exec",
            "attach", "portforward", "token", "finalize", "approval", "resize", "ephemeralcontainers", "proxy");
    private static final String NAME = "apiserver_request_duration_seconds";

    private final Map<Label, Counts> counts = new ConcurrentHashMap<>();

    /** What is told apart; all values are of closed sets. */
    record Label(String verb, String group, String version, String resource, String subresource) {

        String text() {
            return "verb=\"" + verb + "\",group=\"" + group + "\",version=\"" + version + "\",resource=\"" + resource
                    + "\",subresource=\"" + subresource + "\"";
        }
    }

    private record Counts(LongAdder[] buckets, LongAdder micros) {
        Counts() {
            this(IntStream.rangeClosed(0, BOUNDS.length).mapToObj(i -> new LongAdder()).toArray(LongAdder[]::new),
                    new LongAdder());
        }
    }

    static Label resource(ApiRequest request, ApiPath path) {
        return new Label(VERBS.getOrDefault(request.verb(), "other"), path.group(), path.version(), path.resource(),
                SUBRESOURCES.contains(path.subresource()) ? path.subresource() : "other");
    }

    /** A path that is no resource. */
    static Label path(ApiRequest request) {
        return new Label(request.verb().equals("get") ? "GET" : "other", "", "", "", "");
    }

    void took(Label label, Duration time) {
        var mine = counts.computeIfAbsent(label, l -> new Counts());
        double seconds = time.toNanos() / 1e9;
        int at = 0;
        while (at < BOUNDS.length && seconds > BOUNDS[at]) {
            at++;
        }
        mine.buckets()[at].increment();
        mine.micros().add(time.toNanos() / 1_000);
    }

    void tell(StringBuilder text) {
        text.append("# HELP ").append(NAME).append(" Time from a request's first byte to its answer.\n# TYPE ")
                .append(NAME).append(" histogram\n");
        counts.entrySet().stream().sorted(Comparator.comparing(entry -> entry.getKey().text()))
                .forEach(entry -> tell(text, entry.getKey().text(), entry.getValue()));
    }

    private static void tell(StringBuilder text, String labels, Counts counts) {
        long sum = 0;
        for (int i = 0; i <= BOUNDS.length; i++) {
            sum += counts.buckets()[i].sum();
            text.append(NAME).append("_bucket{").append(labels).append(",le=\"")
                    .append(i < BOUNDS.length ? Double.toString(BOUNDS[i]) : "+Inf").append("\"} ").append(sum)
                    .append('\n');
        }
        text.append(NAME).append("_sum{").append(labels).append("} ").append(counts.micros().sum() / 1e6)
                .append('\n').append(NAME).append("_count{").append(labels).append("} ").append(sum).append('\n');
    }
}
