package dev.starling.cli.bill;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What pods cost in a window of time, and what machines for the peak of the same time would have cost. Immutable and
 * pure: the same spans and the same window give the same bill.
 *
 * @param usages in the order of namespace, pod and start
 * @param since the beginning of the first usage; the end of the window if there is none
 * @param until the end of the window
 */
public record Bill(List<Usage> usages, Instant since, Instant until) {
    private static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3600);
    private static final Comparator<Usage> ORDER = Comparator.comparing((Usage usage) -> usage.pod().namespace())
            .thenComparing(usage -> usage.pod().name()).thenComparing(Usage::from)
            .thenComparing(usage -> usage.pod().uid());

    public Bill {
        usages = List.copyOf(usages);
    }

    /**
     * @param spans UsageSpan objects
     * @param since clips what came before
     * @param until clips what comes after
     */
    public static Bill of(Collection<KubeObject> spans, Instant since, Instant until) {
        var usages = spans.stream().flatMap(span -> Usage.of(span, since, until).stream()).sorted(ORDER).toList();
        var first = usages.stream().map(Usage::from).min(Comparator.naturalOrder()).orElse(until);
        return new Bill(usages, first, until);
    }

    /** This bill with receipts, by the pod's uid, where spans hold none. */
    public Bill withReceipts(Map<String, JsonObject> receipts) {
        return new Bill(usages.stream()
                .map(usage -> usage.orReceipt(receipts.getOrDefault(usage.pod().uid(), JsonObject.EMPTY))).toList(),
                since, until);
    }

    public String currency() {
        return usages.stream().map(usage -> usage.rates().currency()).findFirst().orElse("");
    }

    /** The length of the window, from the first usage on. */
    public BigDecimal windowSeconds() {
        return Usage.seconds(Duration.between(since, until));
    }

    /** The sum of a measure over all usages, exactly. */
    public BigDecimal sum(Function<Usage, BigDecimal> measure) {
        return usages.stream().map(measure).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    public BigDecimal price() {
        return price(sum(Usage::priceSeconds));
    }

    static BigDecimal price(BigDecimal priceSeconds) {
        return priceSeconds.divide(SECONDS_PER_HOUR, MathContext.DECIMAL128);
    }

    /** What machines for the peak would have cost at the same prices, over the whole window. */
    public Comparison against(Machine machine) {
        var vcpus = peak(Usage::vcpus);
        var gibs = peak(Usage::gibs);
        var machines = atLeast(vcpus, machine.vcpus()).max(atLeast(gibs, machine.gibs()));
        var rates = usages.isEmpty() ? new Rates("", BigDecimal.ZERO, BigDecimal.ZERO)
                : usages.getFirst().rates();
        var hour = rates.hour(machine.vcpus(), machine.gibs()).multiply(machines);
        boolean allFit = usages.stream().allMatch(machine::holds);
        return new Comparison(machine, machines.longValueExact(), vcpus, gibs,
                price(hour.multiply(windowSeconds())), price(), allFit);
    }

    private static BigDecimal atLeast(BigDecimal need, BigDecimal each) {
        return need.divide(each, 0, RoundingMode.CEILING);
    }

    /** The most of a resource that was in use at one time. A pod that ends makes room for one that starts then. */
    private BigDecimal peak(Function<Usage, BigDecimal> amount) {
        var steps = new TreeMap<Instant, BigDecimal>();
        for (var usage : usages) {
            if (usage.to().isAfter(usage.from())) {
                steps.merge(usage.from(), amount.apply(usage), BigDecimal::add);
                steps.merge(usage.to(), amount.apply(usage).negate(), BigDecimal::add);
            }
        }
        var now = BigDecimal.ZERO;
        var most = BigDecimal.ZERO;
        for (var step : steps.values()) {
            now = now.add(step);
            most = most.max(now);
        }
        return most;
    }
}
