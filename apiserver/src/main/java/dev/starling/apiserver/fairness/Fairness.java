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
    private static final Seat FREE = new Seat("", "", () -> { });

    private final ObjectReader reader;
    private final int seats;
    private final Duration patience;
    private final InstantSource clock;
    private final Map<String, PriorityLevel> levels = new ConcurrentHashMap<>();
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Plan plan = new Plan(Instant.MIN, List.of(), List.of(), Map.of());

    private record Plan(Instant read, List<String> versions, List<FlowSchema> schemas, Map<String, String> uids) {
    }

    /**
     * A place that one request holds; giving it back twice is once.
     *
     * @param schemaUid for the header X-Kubernetes-PF-FlowSchema-UID
     */
    public record Seat(String schemaUid, String levelUid, Runnable back) implements AutoCloseable {
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

    /** @throws ApiException TOO_MANY_REQUESTS if there is no seat in time */
    public Seat admit(Attributes wanted, Caller caller) {
        refresh();
        var fitting = fitting(wanted, caller);
        var level = fitting.flatMap(schema -> Optional.ofNullable(levels.get(schema.level())));
        if (level.isEmpty()) {
            return FREE;
        }
        sit(level.get(), () -> hash(fitting.get().flow(wanted, caller)));
        var given = new AtomicBoolean();
        return new Seat(fitting.get().uid(), plan.uids().getOrDefault(level.get().name(), ""), () -> {
            if (given.compareAndSet(false, true)) {
                level.get().release();
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

    private void sit(PriorityLevel level, LongSupplier flow) {
        try {
            if (level.acquire(flow, patience).isEmpty()) {
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
        for (var object : configurations) {
            var limits = PriorityLevel.Limits.of(object.spec());
            long mine = shares == 0 ? seats : Math.ceilDiv((long) seats * limits.shares(), shares);
            levels.computeIfAbsent(object.name(), PriorityLevel::new).configure(limits.with((int) mine));
        }
        levels.keySet().retainAll(configurations.stream().map(KubeObject::name).toList());
    }

    @Override
    public List<Metric> metrics() {
        var metrics = new ArrayList<Metric>();
        levels.values().stream().sorted(Comparator.comparing(PriorityLevel::name)).forEach(level -> {
            var figures = level.figures();
            var labels = Map.of("priority_level", level.name());
            metrics.add(Metric.gauge("apiserver_flowcontrol_nominal_limit_seats", "Seats of the level.", labels,
                    figures.seats()));
            metrics.add(Metric.gauge("apiserver_flowcontrol_current_executing_requests", "Requests with a seat.",
                    labels, figures.executing()));
            metrics.add(Metric.gauge("apiserver_flowcontrol_current_inqueue_requests", "Requests that wait.", labels,
                    figures.waiting()));
            metrics.add(Metric.counter("apiserver_flowcontrol_dispatched_requests_total", "Requests that got a seat.",
                    labels, figures.dispatched()));
            metrics.add(refused(level, PriorityLevel.Refusal.QUEUE_FULL, figures.full()));
            metrics.add(refused(level, PriorityLevel.Refusal.TIME_OUT, figures.late()));
        });
        return metrics;
    }

    private static Metric refused(PriorityLevel level, PriorityLevel.Refusal why, long count) {
        return Metric.counter("apiserver_flowcontrol_rejected_requests_total", "Requests refused with 429.",
                Map.of("priority_level", level.name(), "reason", why.text()), count);
    }
}
