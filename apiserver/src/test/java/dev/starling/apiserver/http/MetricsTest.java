package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.registry.BoundCounters;
import dev.starling.kube.metric.Metric;
import dev.starling.store.StoreCounters;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MetricsTest {
    private final Metrics metrics = new Metrics(new Limits(ServerLimits.DEFAULT), new Tunnels(),
            () -> new BoundCounters(StoreCounters.NONE, 0, 0));

    private static Metric depth(String name, long value) {
        return Metric.gauge("workqueue_depth", "Keys that are due.", Map.of("name", name), value);
    }

    @Test
    void showsWhatOtherPartsMeasureWithOneHeaderForEachName() {
        metrics.also(() -> List.of(depth("job", 3)));
        metrics.also(() -> List.of(depth("garbage", 0), Metric.counter("lost_total", "Lost.", Map.of(), 7)));
        assertTrue(metrics.text().endsWith("""
                # HELP lost_total Lost.
                # TYPE lost_total counter
                lost_total 7
                # HELP workqueue_depth Keys that are due.
                # TYPE workqueue_depth gauge
                workqueue_depth{name="job"} 3
                workqueue_depth{name="garbage"} 0
                """), metrics.text());
    }
}
