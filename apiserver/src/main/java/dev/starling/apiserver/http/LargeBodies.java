package dev.starling.apiserver.http;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Works on few large bodies at once. To read one takes memory many times its size and a processor for long, and
 * requests share few processors: small requests must always find one. A place is given back before others are asked,
 * such as webhooks and aggregated servers, because they take time, and none of what is short here. Thread-safe.
 */
final class LargeBodies implements MetricSource {
    private static final int RETRY_SECONDS = 1;

    private final ServerLimits limits;
    private final Semaphore places;
    private final LongAdder refused = new LongAdder();

    LargeBodies(ServerLimits limits) {
        this.limits = limits;
        this.places = new Semaphore(limits.largeBodies(), true);
    }

    /**
     * Waits for a place for a body that has come in; what is answered is to be run when its request is over.
     *
     * @throws ApiException TOO_MANY_REQUESTS if there is none in time
     */
    Runnable enter(int bytes) {
        if (bytes < limits.largeBodyBytes()) {
            return () -> { };
        }
        try {
            if (places.tryAcquire(limits.patience().toMillis(), TimeUnit.MILLISECONDS)) {
                return places::release;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        refused.increment();
        throw ApiException.tooManyRequests("too many large requests, please try again later", RETRY_SECONDS);
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                Metric.gauge("apiserver_large_bodies", "Large bodies that are worked on.", Map.of(),
                        limits.largeBodies() - places.availablePermits()),
                Metric.counter("apiserver_refused_large_bodies_total", "Large bodies refused with 429.", Map.of(),
                        refused.sum()));
    }
}
