package dev.starling.kube.informer;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells users what happens to their objects through Event objects. Recording never waits: events are written by a
 * loop, equal ones are counted in one object, and beyond a bound new ones are dropped and counted.
 */
public final class EventRecorder implements Loop, MetricSource {
    private static final System.Logger LOG = System.getLogger(EventRecorder.class.getName());
    private static final int MOST_WAITING = 10_000;
    private static final int MOST_REMEMBERED = 4_096;

    private static final int LONGEST_PREFIX = 253 - 17;
    private static final int BURST = 25;
    private static final Duration REFILL = Duration.ofMinutes(5);

    private record Bucket(double left, Instant at) {
        Bucket refilled(Instant now) {
            double more = Math.max(0, Duration.between(at, now).toMillis()) / (double) REFILL.toMillis();
            return new Bucket(Math.min(BURST, left + more), now);
        }
    }

    private record Fact(String type, String reason, String message, JsonObject involved) {
    }

    private record Known(String name, long count) {
    }

    private record Waiting(Fact fact, Instant at) {
    }

    private final KubeApi api;
    private final String component;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(); // guarded by lock
    private final Map<Fact, Known> known = new LinkedHashMap<>(64, 0.75f, true) { // owned by the loop
        @Override
        protected boolean removeEldestEntry(Map.Entry<Fact, Known> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(64, 0.75f, true) { // owned by the loop
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };
    private final AtomicLong dropped = new AtomicLong();
    private volatile Optional<Driver.Running> running = Optional.empty();
    private final Driver driver;

    /** @param component who reports, such as {@code deployment-controller} */
    public EventRecorder(KubeApi api, String component, Driver driver) {
        this.api = api;
        this.component = component;
        this.driver = driver;
    }

    /** Starts writing; closing what is returned stops it. */
    public AutoCloseable start() {
        var started = driver.start(this);
        running = Optional.of(started);
        started.wake();
        return started;
    }

    /** Records that something ordinary happened. */
    public void normal(KubeObject about, String reason, String message) {
        record(about, "", "Normal", reason, message);
    }

    /** Records that something went wrong. */
    public void warning(KubeObject about, String reason, String message) {
        record(about, "", "Warning", reason, message);
    }

    /** As the others, about a part such as {@code spec.containers{web}}; the type is Normal or Warning. */
    public void record(KubeObject about, String fieldPath, String type, String reason, String message) {
        var involved = JsonObject.builder().put("kind", about.kind()).putText("namespace", about.namespace())
                .put("name", about.name()).putText("uid", about.uid()).put("apiVersion", about.apiVersion())
                .putText("resourceVersion", about.resourceVersion()).putText("fieldPath", fieldPath).build();
        lock.lock();
        try {
            if (waiting.size() >= MOST_WAITING) {
                dropped.incrementAndGet();
                return;
            }
            waiting.add(new Waiting(new Fact(type, reason, message, involved), driver.clock().instant()));
        } finally {
            lock.unlock();
        }
        running.ifPresent(Driver.Running::wake);
    }

    /** How many events were lost to a bound, or refused by the API. */
    public long dropped() {
        return dropped.get();
    }

    @Override
    public List<Metric> metrics() {
        int depth;
        lock.lock();
        try {
            depth = waiting.size();
        } finally {
            lock.unlock();
        }
        var labels = Map.of("component", component);
        return List.of(Metric.gauge("starling_events_waiting", "Events that wait to be written.", labels, depth),
                Metric.counter("starling_events_dropped_total", "Events lost to a bound, or refused by the API.",
                        labels, dropped()));
    }

    @Override
    public String name() {
        return "events-" + component;
    }

    @Override
    public Next step(Instant now) {
        Optional<Waiting> next;
        lock.lock();
        try {
            next = Optional.ofNullable(waiting.poll());
        } finally {
            lock.unlock();
        }
        if (next.isEmpty()) {
            return Next.WHEN_WOKEN;
        }
        try {
            write(next.get());
        } catch (ApiException e) {
            LOG.log(Level.DEBUG, () -> "event refused component=" + component + " why=" + e.getMessage());
            dropped.incrementAndGet();
        }
        return Next.AGAIN;
    }

    private void write(Waiting event) {
        if (!allowed(event)) {
            dropped.incrementAndGet();
            return;
        }
        var same = new Fact(event.fact().type(), event.fact().reason(), event.fact().message(),
                event.fact().involved().without("resourceVersion"));
        var earlier = Optional.ofNullable(known.get(same));
        if (earlier.isPresent() && counted(event, earlier.get())) {
            known.put(same, new Known(earlier.get().name(), earlier.get().count() + 1));
            return;
        }
        known.put(same, new Known(create(event), 1));
    }

    /** A bucket for each reason of each object, so that one hot fact neither fills the store nor hides others. */
    private boolean allowed(Waiting event) {
        String key = event.fact().involved().text("kind") + "/" + namespace(event.fact()) + "/"
                + event.fact().involved().text("name") + "/" + event.fact().involved().text("uid") + "/"
                + event.fact().reason();
        var bucket = buckets.getOrDefault(key, new Bucket(BURST, event.at())).refilled(event.at());
        buckets.put(key, bucket.left() >= 1 ? new Bucket(bucket.left() - 1, bucket.at()) : bucket);
        return bucket.left() >= 1;
    }

    private boolean counted(Waiting event, Known earlier) {
        var change = JsonObject.of("count", earlier.count() + 1, "lastTimestamp", Times.seconds(event.at()));
        try {
            api.patch(Kinds.EVENTS.key(namespace(event.fact()), earlier.name()), new Patch.Merge(change));
            return true;
        } catch (ApiException e) {
            if (e.is(ApiException.Reason.NOT_FOUND)) {
                return false;
            }
            throw e;
        }
    }

    private String create(Waiting event) {
        var fact = event.fact();
        Json time = new JsonString(Times.seconds(event.at()));
        String name = prefix(fact.involved().text("name")) + "." + Long.toHexString(nanos(event.at()));
        var metadata = JsonObject.of("name", name, "namespace", namespace(fact));
        var object = JsonObject.builder().put("apiVersion", "v1").put("kind", "Event").put("metadata", metadata)
                .put("involvedObject", fact.involved()).put("reason", fact.reason()).put("message", fact.message())
                .put("source", JsonObject.of("component", component))
                .put("firstTimestamp", time).put("lastTimestamp", time).put("count", new JsonLong(1))
                .put("type", fact.type()).put("reportingComponent", component).put("reportingInstance", "").build();
        api.create(Kinds.EVENTS.key(namespace(fact), name), KubeObject.of(object));
        return name;
    }

    /** The name of an event has to fit where the name of an object does. */
    private static String prefix(String name) {
        return name.length() <= LONGEST_PREFIX ? name
                : name.substring(0, LONGEST_PREFIX).replaceAll("[^a-z0-9]+$", "");
    }

    private final AtomicLong lastNanos = new AtomicLong();

    /** Strictly rising, so that two events of one moment have two names. */
    private long nanos(Instant at) {
        long nanos = at.getEpochSecond() * 1_000_000_000L + at.getNano();
        return lastNanos.updateAndGet(last -> Math.max(last + 1, nanos));
    }

    private static String namespace(Fact fact) {
        String namespace = fact.involved().text("namespace");
        return namespace.isEmpty() ? "default" : namespace;
    }
}
