package dev.starling.billing;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The ledger as objects of the API ({@code billing.starling.dev/v1 usagespans}), each with its price until now. The
 * name of one is the pod's uid.
 */
public final class UsageSpans {
    private final Ledger ledger;
    private final PriceBook prices;
    private final InstantSource clock;

    public UsageSpans(Ledger ledger, PriceBook prices, InstantSource clock) {
        this.ledger = ledger;
        this.prices = prices;
        this.clock = clock;
    }

    /** @param namespace empty for all */
    public List<KubeObject> list(String namespace) {
        var now = clock.instant();
        return ledger.spans().stream().filter(span -> namespace.isEmpty() || span.namespace().equals(namespace))
                .map(span -> object(span, now)).toList();
    }

    public Optional<KubeObject> find(String namespace, String name) {
        return ledger.find(name).filter(span -> span.namespace().equals(namespace))
                .map(span -> object(span, clock.instant()));
    }

    private KubeObject object(UsageSpan span, Instant now) {
        var time = span.within(span.start(), now);
        var metadata = JsonObject.of("name", span.uid(), "namespace", span.namespace(),
                "creationTimestamp", Times.seconds(span.start()));
        var status = JsonObject.builder().put("observedAt", Times.micros(now))
                .put("vcpuSeconds", PriceBook.vcpuSeconds(span.cpuMillis(), time).toPlainString())
                .put("gibSeconds", PriceBook.gibSeconds(span.memoryBytes(), time).toPlainString())
                .put("cost", prices.price(span.cpuMillis(), span.memoryBytes(), time).toPlainString())
                .put("currency", prices.currency())
                .put("vcpuHour", prices.perVcpuHour().toPlainString())
                .put("gibHour", prices.perGibHour().toPlainString()).build();
        return KubeObject.of(JsonObject.of("apiVersion", Kinds.USAGE_SPANS.apiVersion(),
                "kind", Kinds.USAGE_SPANS.kind(), "metadata", metadata, "spec", span.json().without("uid"),
                "status", status));
    }
}
