package dev.starling.kube.informer;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * A work queue, a reconciler, and as many loops as there are workers. It begins when its informers have synced. A key
 * whose reconciliation wrote something is held until the informers of the written types have seen it, so that no
 * decision is ever taken on an image older than the controller's own writes.
 */
public final class Controller implements MetricSource, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Controller.class.getName());
    /** A write whose event never comes (it changed nothing) holds its key no longer than this. */
    private static final Duration LONGEST_HOLD = Duration.ofSeconds(5);

    /**
     * Why a key is not given out.
     *
     * @param rest it is left alone until then, whatever is seen; in the past for most
     */
    private record Hold(Map<ResourceType, Long> revisions, Map<ObjectKey, String> deleted, Instant rest,
            Instant until) {
    }

    private final String name;
    private final KubeApi api;
    private final Reconciler reconciler;
    private final Map<ResourceType, Informer> informers = new HashMap<>();
    private final WorkQueue<ObjectKey> queue = new WorkQueue<>();
    private final Map<ObjectKey, Hold> holds = new HashMap<>(); // guarded by lock
    private final ReentrantLock lock = new ReentrantLock();
    private final LongAdder overdue = new LongAdder();
    private final List<Worker> workers = new ArrayList<>(); // complete after start
    private volatile boolean begun; // set by the first worker who finds the informers synced

    /** The informers are those whose images the reconciler reads; the controller does not start them. */
    public Controller(String name, KubeApi api, Reconciler reconciler, List<Informer> informers) {
        this.name = name;
        this.api = api;
        this.reconciler = reconciler;
        informers.forEach(informer -> this.informers.put(informer.type(), informer));
        informers.forEach(informer -> informer.onProgress(this::progressed));
    }

    /** Starts the workers; call it before the informers start, so that no event is missed. */
    public Controller start(Driver driver, int workerCount) {
        IntStream.range(0, workerCount).forEach(i -> workers.add(new Worker(name + "-" + i, driver.clock())));
        workers.forEach(worker -> worker.running = Optional.of(driver.start(worker)));
        return this;
    }

    /** Has a key reconciled soon. */
    public void enqueue(ObjectKey key) {
        queue.add(key);
        wake();
    }

    /** Has a key reconciled at a time. */
    public void enqueueAt(ObjectKey key, Instant due) {
        queue.addAt(key, due);
        wake();
    }

    @Override
    public List<Metric> metrics() {
        var labels = Map.of("name", name);
        return List.of(Metric.gauge("workqueue_depth", "Keys that are due.", labels, queue.depth()),
                Metric.gauge("workqueue_waiting", "Keys that are due later.", labels, queue.waiting()),
                Metric.counter("workqueue_retries_total", "Failures after which a key was to be tried again.", labels,
                        queue.retries()),
                Metric.counter("workqueue_overdue_holds_total",
                        "Keys that were let go though their own writes had not been seen.", labels, overdue.sum()));
    }

    @Override
    public void close() {
        workers.forEach(worker -> worker.running.ifPresent(Driver.Running::close));
    }

    /** Wakes one idle worker, who wakes the next if more is there; a busy one looks again by itself. */
    private void wake() {
        workers.stream().filter(worker -> !worker.busy).findFirst().flatMap(worker -> worker.running)
                .ifPresent(Driver.Running::wake);
    }

    private void progressed() {
        List<ObjectKey> free;
        lock.lock();
        try {
            free = holds.entrySet().stream()
                    .filter(held -> held.getValue().rest().equals(Instant.MIN) && seen(held.getValue()))
                    .map(Map.Entry::getKey).toList();
            free.forEach(holds::remove);
        } finally {
            lock.unlock();
        }
        free.forEach(queue::done);
        if (!free.isEmpty() || !begun) {
            wake();
        }
    }

    private boolean seen(Hold hold) {
        return hold.deleted().entrySet().stream().allMatch(deletion -> gone(deletion.getKey(), deletion.getValue()))
                && hold.revisions().entrySet().stream().allMatch(write ->
                !informers.containsKey(write.getKey()) || informers.get(write.getKey()).revision() >= write.getValue());
    }

    /** Whether the image knows of a deletion: the object is gone, is being deleted, or is another one. */
    private boolean gone(ObjectKey key, String uid) {
        var image = Optional.ofNullable(informers.get(key.type()))
                .flatMap(informer -> informer.find(key.namespace(), key.name()));
        return image.isEmpty() || !image.get().metadata().text("deletionTimestamp").isEmpty()
                || !uid.isEmpty() && !image.get().uid().equals(uid);
    }

    private void release(Instant now) {
        var free = new ArrayList<ObjectKey>();
        lock.lock();
        try {
            for (var held : holds.entrySet()) {
                var hold = held.getValue();
                boolean rested = !hold.rest().equals(Instant.MIN) && !now.isBefore(hold.rest());
                if (rested && seen(hold)) {
                    free.add(held.getKey());
                } else if (!now.isBefore(hold.until())) {
                    overdue.increment();
                    free.add(held.getKey());
                } else if (rested) {
                    held.setValue(new Hold(hold.revisions(), hold.deleted(), Instant.MIN, hold.until()));
                }
            }
            free.forEach(holds::remove);
        } finally {
            lock.unlock();
        }
        free.forEach(queue::done);
    }

    private void hold(ObjectKey key, Hold hold) {
        boolean visible;
        lock.lock();
        try {
            visible = hold.rest().equals(Instant.MIN) && seen(hold);
            if (!visible) {
                holds.put(key, hold);
            }
        } finally {
            lock.unlock();
        }
        if (visible) {
            queue.done(key);
        }
    }

    private void work(ObjectKey key, Instant now, InstantSource clock) {
        var tracked = new TrackedApi(api);
        var rest = Instant.MIN;
        try {
            var outcome = reconciler.reconcile(key, tracked, now);
            outcome.again().ifPresent(after -> queue.addAt(key, now.plus(after)));
            rest = outcome.rest().isZero() ? rest : clock.instant().plus(outcome.rest());
            queue.succeeded(key);
        } catch (ApiException e) {
            retry(key, now, e);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "reconciliation failed controller=" + name + " key=" + key, e);
            queue.addAfterFailure(key, now);
        } finally {
            // From the end of the work, which may take long itself.
            hold(key, new Hold(tracked.written(), tracked.deleted(), rest, clock.instant().plus(LONGEST_HOLD)));
        }
    }

    private void retry(ObjectKey key, Instant now, ApiException e) {
        if (e.is(ApiException.Reason.CONFLICT)) {
            queue.addAfterFailure(key, now);
            return;
        }
        LOG.log(e.reason().fault() == ApiException.Fault.BUG ? Level.ERROR : Level.DEBUG,
                () -> "write refused controller=" + name + " key=" + key + " why=" + e.getMessage());
        queue.addAfterFailure(key, now);
    }

    private boolean synced() {
        return informers.values().stream().allMatch(Informer::synced);
    }

    private final class Worker implements Loop {
        private final String workerName;
        private final InstantSource clock;
        private volatile boolean busy; // cleared before the queue is looked at, so that no key is overlooked
        private volatile Optional<Driver.Running> running = Optional.empty(); // set once by start

        Worker(String workerName, InstantSource clock) {
            this.workerName = workerName;
            this.clock = clock;
        }

        @Override
        public String name() {
            return workerName;
        }

        @Override
        public Next step(Instant now) {
            if (!synced()) {
                return Next.WHEN_WOKEN;
            }
            begun = true;
            busy = false;
            release(now);
            var key = queue.take(now);
            if (key.isPresent()) {
                busy = true;
                if (!(earliest(now) instanceof Next.WhenWoken)) {
                    wake();
                }
                work(key.get(), now, clock);
                return Next.AGAIN;
            }
            return earliest(now);
        }

        private Next earliest(Instant now) {
            if (queue.depth() > 0) {
                return Next.at(now);
            }
            lock.lock();
            try {
                var due = java.util.stream.Stream.concat(queue.nextDue().stream(),
                        holds.values().stream().map(hold -> hold.rest().isAfter(now) ? hold.rest() : hold.until()))
                        .min(Instant::compareTo);
                return due.isPresent() ? Next.at(due.get()) : Next.WHEN_WOKEN;
            } finally {
                lock.unlock();
            }
        }
    }
}
