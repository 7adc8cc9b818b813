package dev.starling.apiserver.registry;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Removes what expires by itself, such as events. It does a bounded part in each step. */
public final class ExpirySweep implements Loop, MetricSource {
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final int MOST_PER_STEP = 500;

    private final Registry registry;
    private final List<Kind> kinds;
    private final Request request = Request.by(Caller.component("expiry"));
    private final LongAdder removed = new LongAdder();

    /** Sweeps those of the kinds whose rules let objects expire. */
    public ExpirySweep(Registry registry, List<Kind> kinds) {
        this.registry = registry;
        this.kinds = kinds.stream().filter(kind -> kind.rules().expire()).toList();
    }

    @Override
    public String name() {
        return "expiry";
    }

    @Override
    public Next step(Instant now) {
        int left = MOST_PER_STEP;
        for (var kind : kinds) {
            var expired = registry.reader().all(kind.type(), "").stream()
                    .filter(object -> isOver(kind, object, now)).limit(left).toList();
            expired.forEach(object -> remove(kind, object));
            left -= expired.size();
        }
        return left == 0 ? Next.AGAIN : Next.at(now.plus(PAUSE));
    }

    private static boolean isOver(Kind kind, KubeObject object, Instant now) {
        return kind.rules().expires(object).filter(end -> end.isBefore(now)).isPresent();
    }

    /** An event that was seen again meanwhile stays. */
    private void remove(Kind kind, KubeObject object) {
        try {
            registry.delete(request, object.key(kind.type()),
                    DeleteOptions.DEFAULT.withResourceVersion(object.resourceVersion()));
            removed.increment();
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND) && !e.is(Reason.CONFLICT)) {
                throw e;
            }
        }
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.counter("starling_expired_objects_total", "Objects removed because their time was over.",
                Map.of(), removed.sum()));
    }
}
