package dev.starling.apiserver.fairness;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.ObjectReader;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Gives each request a seat at the level of its flow, as the FlowSchemas and PriorityLevelConfigurations in the store
 * say. They are read again when a request comes a second after the last look, so that an idle server does nothing.
 * Where they say nothing everything has a seat. Thread-safe.
 */
public final class Fairness implements MetricSource {
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final int RETRY_SECONDS = 1;
    private static final Map<String, String> HELP = Map.of(
            "nominal_limit_seats", "Seats of the level.",
            "lower_limit_seats", "Seats that it does not lend.",
            "upper_limit_seats", "Seats that it may have with what it borrows.",
            "current_executing_requests", "Requests with a seat.",
            "current_executing_seats", "Seats that are taken.",
            "current_inqueue_requests", "Requests that wait.",
            "queue_length_limit", "How many requests may wait in one of its queues.");
    private static final Seat FREE = new Seat("", "", false, () -> { });

    private final ObjectReader reader;
    private final int seats;
    private final Duration patience;
    private final InstantSource clock;
    private final Map<String, PriorityLevel> levels = new ConcurrentHashMap<>();
    private final SeatPool pool = new SeatPool();
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Plan plan = new Plan(Instant.MIN, List.of(), List.of(), Map.of());

    private record Plan(Instant read, List<String> versions, List<FlowSchema> schemas, Map<String, String> uids) {
    }

    /**
     * A place that one request holds; giving it back twice is once.
     *
     * @param schemaUid for the header X-Kubernetes-PF-FlowSchema-UID
     * @param exempt whether its level is one that nothing holds up
     */
    public record Seat(String schemaUid, String levelUid, boolean exempt, Runnable back) implements AutoCloseable {
        @Override
        public void close() {
            back.run();
        }
    }

    /**
     * Divides some seats.
     *
     * @param patience how long a request waits for one
     */
    public Fairness(ObjectReader reader, int seats, Duration patience, InstantSource clock) {
        this.reader = reader;
        this.seats = seats;
        this.patience = patience;
        this.clock = clock;
    }

    /**
     * Waits for seats.
     *
     * @param width how many seats the request is worth: one but for large lists
     * @throws ApiException TOO_MANY_REQUESTS if there are none in time
     */
    public Seat admit(Attributes wanted, Caller caller, int width) {
        refresh();
        var fitting = fitting(wanted, caller);
        var level = fitting.flatMap(schema -> Optional.ofNullable(levels.get(schema.level())));
        if (level.isEmpty()) {
            return FREE;
        }
        int seats = level.get().fitted(width);
        sit(level.get(), () -> hash(fitting.get().flow(wanted, caller)), seats);
        var given = new AtomicBoolean();
        return new Seat(fitting.get().uid(), plan.uids().getOrDefault(level.get().name(), ""), seats == 0, () -> {
            if (given.compareAndSet(false, true)) {
                level.get().release(seats);
            }
        });
    }

    private Optional<FlowSchema> fitting(Attributes wanted, Caller caller) {
        for (var schema : plan.schemas()) {
            if (schema.fits(wanted, caller)) {
                return Optional.of(schema);
            }
        }
        return Optional.empty();
    }

    private void sit(PriorityLevel level, LongSupplier flow, int width) {
        try {
            if (level.acquire(flow, width, patience).isEmpty()) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw ApiException.tooManyRequests("too many requests, please try again later", RETRY_SECONDS);
    }

    private static long hash(String flow) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256")
                    .digest(flow.getBytes(StandardCharsets.UTF_8))).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void refresh() {
        var now = clock.instant();
        if (plan.read().isAfter(now.minus(FRESH)) || !reading.tryLock()) {
            return;
        }
        try {
            var schemas = reader.all(Kinds.FLOW_SCHEMAS, "");
            var configurations = reader.all(Kinds.PRIORITY_LEVEL_CONFIGURATIONS, "");
            var versions = new ArrayList<String>();
            schemas.forEach(object -> versions.add(object.resourceVersion()));
            configurations.forEach(object -> versions.add(object.resourceVersion()));
            if (versions.equals(plan.versions())) {
                plan = new Plan(now, versions, plan.schemas(), plan.uids());
                return;
            }
            divide(configurations);
            plan = new Plan(now, versions, schemas.stream().map(FlowSchema::of)
                    .sorted(Comparator.comparingLong(FlowSchema::precedence).thenComparing(FlowSchema::name)).toList(),
                    configurations.stream().collect(Collectors.toMap(KubeObject::name, KubeObject::uid)));
        } finally {
            reading.unlock();
        }
    }

    private void divide(List<KubeObject> configurations) {
        long shares = configurations.stream().mapToLong(object -> PriorityLevel.Limits.of(object.spec()).shares())
                .sum();
        levels.keySet().retainAll(configurations.stream().map(KubeObject::name).toList());
        pool.lock();
        try {
            int all = 0;
            for (var object : configurations) {
                var limits = PriorityLevel.Limits.of(object.spec());
                long mine = shares == 0 ? seats : Math.ceilDiv((long) seats * limits.shares(), shares);
                all += limits.exempt() ? 0 : (int) mine;
                levels.computeIfAbsent(object.name(), name -> new PriorityLevel(name, pool))
                        .configure(limits.with((int) mine));
            }
            pool.divide(List.copyOf(levels.values()), all);
        } finally {
            pool.unlock();
        }
    }

    @Override
    public List<Metric> metrics() {
        var metrics = new ArrayList<Metric>();
        levels.values().stream().sorted(Comparator.comparing(PriorityLevel::name)).forEach(level -> {
            var figures = level.figures();
            var gauges = Map.of(
                    "nominal_limit_seats", (long) figures.limits().seats(),
                    "lower_limit_seats", (long) figures.limits().kept(),
                    "upper_limit_seats", figures.limits().most(),
                    "current_executing_requests", (long) figures.executing(),
                    "current_executing_seats", (long) figures.seated(),
                    "current_inqueue_requests", (long) figures.waiting(),
                    "queue_length_limit", (long) figures.limits().queuing().length());
            var labels = Map.of("priority_level", level.name());
            gauges.forEach((name, value) -> metrics.add(Metric.gauge("apiserver_flowcontrol_" + name, HELP.get(name),
                    labels, value)));
            metrics.add(Metric.counter("apiserver_flowcontrol_dispatched_requests_total", "Requests that got a seat.",
                    labels, level.dispatched()));
            for (var why : PriorityLevel.Refusal.values()) {
                metrics.add(Metric.counter("apiserver_flowcontrol_rejected_requests_total",
                        "Requests refused with 429.", Map.of("priority_level", level.name(), "reason", why.text()),
                        level.refused(why)));
            }
        });
        return metrics;
    }
}
