package dev.starling.bench;

import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** From the POST of a pod until a watch shows it Running, one pod after the other, each deleted before the next. */
final class PodStarts {
    private static final Duration MOST = Duration.ofSeconds(30);
    private static final int MOST_GAP_MS = 300;
    private static final long SEED = 42;

    private final KubeApi api;
    private final Random random = new Random(SEED);
    private final Set<String> running = new HashSet<>();
    private int count;

    PodStarts(KubeApi api) {
        this.api = api;
    }

    /** Microseconds of each start. */
    Histogram measure(int pods) {
        var times = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
        String revision = api.list(ListQuery.in(Kinds.PODS, "default")).resourceVersion();
        try (var watch = api.watch(WatchQuery.after(Kinds.PODS, "default", revision))) {
            for (int i = 0; i < pods; i++) {
                times.recordValue(one(watch));
                Patience.pass(Duration.ofMillis(random.nextInt(MOST_GAP_MS + 1)));
            }
        }
        return times;
    }

    private long one(Watch watch) {
        String name = "bench-" + count++;
        var pod = pod(name);
        long begun = System.nanoTime();
        api.create(pod.key(Kinds.PODS), pod);
        Patience.until("pod " + name + " runs", MOST, () -> seen(watch, name));
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun);
        api.delete(pod.key(Kinds.PODS), DeleteOptions.DEFAULT.withGracePeriodSeconds(0));
        return micros;
    }

    private boolean seen(Watch watch, String name) {
        for (var event = watch.poll(); event.isPresent(); event = watch.poll()) {
            var object = event.get().object();
            if (event.get().type() == WatchEvent.Type.ERROR) {
                throw new BenchException("the watch broke: " + object.tree().text("message"));
            }
            if (object.status().text("phase").equals("Running")) {
                running.add(object.name());
            }
        }
        return running.contains(name);
    }

    private static KubeObject pod(String name) {
        var requests = JsonObject.of("cpu", "50m", "memory", "32Mi");
        var container = JsonObject.of("name", "main", "image", "busybox:latest", "imagePullPolicy", "IfNotPresent",
                "command", List.of("sleep", "3600"), "resources", JsonObject.of("requests", requests));
        Json spec = JsonObject.of("containers", List.of(container));
        return KubeObject.named(Kinds.PODS, "default", name).with(spec, "spec");
    }
}
