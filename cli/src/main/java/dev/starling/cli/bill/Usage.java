package dev.starling.cli.bill;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What one pod used within a window of time: a usage span of the API, clipped. All arithmetic is exact: a price is
 * kept in currency × hours-as-seconds and divided once, when it is shown.
 *
 * @param state {@code running} or {@code ended}, as it was when the server was asked
 * @param from when the span or the window began, whichever is later
 * @param to when the span or the window ended, whichever is earlier
 * @param rates what one vCPU and one GiB cost for one hour
 * @param receipt milliseconds by stage of the pod's start; empty if the span holds none
 */
public record Usage(Pod pod, State state, long cpuMillis, long memoryBytes, Instant from, Instant to, Rates rates,
        JsonObject receipt) {
    private static final BigDecimal BYTES_PER_GIB = BigDecimal.valueOf(1L << 30);

    /** Whether the pod still costs money. */
    public enum State { RUNNING, ENDED }

    /** Whose usage it is. */
    public record Pod(String uid, String namespace, String name, String profile) {
    }

    /** Reads one UsageSpan and clips it; nothing if it lies outside the window. */
    public static Optional<Usage> of(KubeObject span, Instant since, Instant until) {
        var spec = span.spec();
        var start = time(spec, "start");
        var end = spec.at("end").isNull() ? Optional.<Instant>empty() : Optional.of(time(spec, "end"));
        var stop = end.filter(time -> time.isBefore(until)).orElse(until);
        var begin = start.isAfter(since) ? start : since;
        if (stop.isBefore(begin) || begin.isAfter(start) && !stop.isAfter(begin)) {
            return Optional.empty();
        }
        var pod = new Pod(span.name(), spec.text("namespace"), spec.text("pod"), spec.text("profile"));
        return Optional.of(new Usage(pod, end.isPresent() ? State.ENDED : State.RUNNING,
                spec.at("cpuMillis").number(0), spec.at("memoryBytes").number(0), begin, stop, Rates.of(span.status()),
                receipt(spec.at("receipt"))));
    }

    private static JsonObject receipt(Json json) {
        return json.text().isEmpty() ? json.object() : Receipts.parse(json.text());
    }

    private static Instant time(JsonObject spec, String field) {
        return Times.parse(spec.text(field)).orElseThrow(() ->
                new IllegalArgumentException("the server sent a usage span without a time: spec." + field));
    }

    public BigDecimal seconds() {
        return seconds(Duration.between(from, to));
    }

    public BigDecimal vcpuSeconds() {
        return vcpus().multiply(seconds());
    }

    public BigDecimal gibSeconds() {
        return gibs().multiply(seconds());
    }

    BigDecimal vcpus() {
        return BigDecimal.valueOf(cpuMillis, 3);
    }

    /** Exact, since a division by a power of two ends. */
    BigDecimal gibs() {
        return BigDecimal.valueOf(memoryBytes).divide(BYTES_PER_GIB);
    }

    /** The price, times 3600. */
    BigDecimal priceSeconds() {
        return rates.hour(vcpus(), gibs()).multiply(seconds());
    }

    static BigDecimal seconds(Duration time) {
        return BigDecimal.valueOf(time.getSeconds()).add(BigDecimal.valueOf(time.getNano(), 9));
    }

    /** The same usage with a receipt from elsewhere, if it has none of its own. */
    Usage orReceipt(JsonObject other) {
        return receipt.isEmpty() ? new Usage(pod, state, cpuMillis, memoryBytes, from, to, rates, other) : this;
    }
}
