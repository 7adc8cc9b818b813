package dev.starling.apiserver.http;

import dev.starling.apiserver.registry.BoundCounters;
import dev.starling.apiserver.registry.Catalog;
import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Counts requests, and tells of them in the Prometheus text format. Thread-safe; labels come from closed sets. */
final class Metrics {
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE");

    private final Map<Counted, LongAdder> requests = new ConcurrentHashMap<>();
    private final List<MetricSource> others = new CopyOnWriteArrayList<>();
    private final Latencies latencies = new Latencies();
    private volatile Optional<Catalog> catalog = Optional.empty();
    private final Limits limits;
    private final Tunnels tunnels;
    private final Supplier<BoundCounters> bounds;

    private record Counted(String verb, int code) {
    }

    Metrics(Limits limits, Tunnels tunnels, Supplier<BoundCounters> bounds) {
        this.limits = limits;
        this.tunnels = tunnels;
        this.bounds = bounds;
    }

    /** A method that HTTP does not know is counted as {@code other}: anybody can make one up. */
    void count(String method, int code) {
        var counted = new Counted(METHODS.contains(method) ? method : "other", code);
        requests.computeIfAbsent(counted, c -> new LongAdder()).increment();
    }

    /** Names resources by what is served; anything else is {@code other}. */
    void latenciesOf(Catalog served) {
        catalog = Optional.of(served);
    }

    /** A request that does not last was answered. */
    void took(ApiRequest request, Duration time) {
        latencies.took(request.resource().map(path -> label(request, path)).orElseGet(() -> Latencies.path(request)),
                time);
    }

    private Latencies.Label label(ApiRequest request, ApiPath path) {
        boolean known = catalog.flatMap(c -> c.served(path.group(), path.version(), path.resource())).isPresent();
        return known ? Latencies.resource(request, path) : Latencies.OTHER;
    }

    String text() {
        var text = new StringBuilder();
        header(text, "apiserver_request_total", "counter", "Requests by verb and status code.");
        var sorted = new TreeMap<String, Long>();
        requests.forEach((counted, count) -> sorted.put("verb=\"" + counted.verb() + "\",code=\"" + counted.code()
                + "\"", count.sum()));
        sorted.forEach((labels, count) -> text.append("apiserver_request_total{").append(labels).append("} ")
                .append(count).append('\n'));
        header(text, "apiserver_current_inflight_requests", "gauge", "Requests in flight.");
        lane(text, "apiserver_current_inflight_requests", "readOnly", limits.reads().inFlight());
        lane(text, "apiserver_current_inflight_requests", "mutating", limits.writes().inFlight());
        lane(text, "apiserver_current_inflight_requests", "lasting", limits.streams().inFlight());
        header(text, "apiserver_refused_requests_total", "counter",
                "Requests refused because too many were in flight.");
        lane(text, "apiserver_refused_requests_total", "readOnly", limits.reads().refused().sum());
        lane(text, "apiserver_refused_requests_total", "mutating", limits.writes().refused().sum());
        lane(text, "apiserver_refused_requests_total", "lasting", limits.streams().refused().sum());
        single(text, "apiserver_tunnels", "gauge", "Open exec, attach and port-forward connections.",
                tunnels.count());
        tellBounds(text, bounds.get());
        single(text, "apiserver_longrunning_requests", "gauge", "Watches, logs and tunnels that are open.",
                limits.streams().inFlight());
        latencies.tell(text);
        others(text);
        return text.toString();
    }

    private static void tellBounds(StringBuilder text, BoundCounters bounds) {
        var store = bounds.store();
        single(text, "starling_store_commits_total", "counter", "Writes that became visible.", store.commits());
        single(text, "starling_store_forces_total", "counter", "Batches forced to disk.", store.forces());
        single(text, "starling_store_failures_total", "counter", "Batches that the disk refused.", store.failures());
        single(text, "starling_store_queued_writes", "gauge", "Writes that wait to be committed.", store.queued());
        single(text, "starling_store_queue_full_total", "counter",
                "Writers that had to wait because the commit queue was full.", store.queueFull());
        single(text, "starling_store_overruns_total", "counter",
                "Readers of the store's changes that fell behind.", store.overruns());
        single(text, "starling_store_compactions_total", "counter", "Times that old history was forgotten.",
                store.compactions());
        single(text, "starling_store_history_changes", "gauge", "Changes that can still be read.", store.history());
        single(text, "starling_store_revision", "gauge", "The newest revision.", store.revision());
        single(text, "starling_store_compacted_revision", "gauge", "The oldest revision that can still be read.",
                store.compactedRevision());
        single(text, "starling_write_lost_races_total", "counter",
                "Writes that another write of the same object overtook.", bounds.lostRaces());
        single(text, "starling_watches_expired_total", "counter",
                "Watches cut off or refused because their changes are forgotten.", bounds.expiredWatches());
    }

    private static void single(StringBuilder text, String name, String type, String help, long value) {
        header(text, name, type, help);
        text.append(name).append(' ').append(value).append('\n');
    }

    /** Shows what another part measures, from now on. */
    void also(MetricSource source) {
        others.add(source);
    }

    private void others(StringBuilder text) {
        var byName = new TreeMap<String, List<Metric>>();
        others.stream().flatMap(source -> source.metrics().stream())
                .forEach(metric -> byName.computeIfAbsent(metric.name(), n -> new ArrayList<>()).add(metric));
        byName.forEach((name, metrics) -> {
            var first = metrics.getFirst();
            header(text, name, first.kind().name().toLowerCase(Locale.ROOT), first.help());
            metrics.forEach(metric -> text.append(name).append(labels(metric)).append(' ').append(metric.value())
                    .append('\n'));
        });
    }

    private static String labels(Metric metric) {
        return metric.labels().isEmpty() ? "" : new TreeMap<>(metric.labels()).entrySet().stream()
                .map(label -> label.getKey() + "=\"" + label.getValue() + "\"")
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static void header(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n')
                .append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void lane(StringBuilder text, String name, String kind, long value) {
        text.append(name).append("{request_kind=\"").append(kind).append("\"} ").append(value).append('\n');
    }
}
