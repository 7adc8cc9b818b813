package dev.starling.apiserver.http;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts requests, and tells of them in the Prometheus text format. Thread-safe; labels come from closed sets. */
final class Metrics {
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE");

    private final Map<Counted, LongAdder> requests = new ConcurrentHashMap<>();
    private final Limits limits;
    private final Tunnels tunnels;

    private record Counted(String verb, int code) {
    }

    Metrics(Limits limits, Tunnels tunnels) {
        this.limits = limits;
        this.tunnels = tunnels;
    }

    /** A method that HTTP does not know is counted as {@code other}: anybody can make one up. */
    void count(String method, int code) {
        var counted = new Counted(METHODS.contains(method) ? method : "other", code);
        requests.computeIfAbsent(counted, c -> new LongAdder()).increment();
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
        header(text, "apiserver_tunnels", "gauge", "Open exec, attach and port-forward connections.");
        text.append("apiserver_tunnels ").append(tunnels.count()).append('\n');
        return text.toString();
    }

    private static void header(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n')
                .append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void lane(StringBuilder text, String name, String kind, long value) {
        text.append(name).append("{request_kind=\"").append(kind).append("\"} ").append(value).append('\n');
    }
}
