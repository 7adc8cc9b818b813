package dev.starling.node.metrics;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.object.Times;
import dev.starling.node.runtime.ContainerRuntime;
import dev.starling.node.runtime.ContainerRuntimeException;
import dev.starling.node.runtime.ContainerStatus;
import dev.starling.node.runtime.SandboxUsage;
import dev.starling.node.runtime.SandboxUsage.ContainerUsage;
import dev.starling.node.streams.PodSight;
import dev.starling.node.streams.PodSights;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What pods use, from two sweeps over all of them: the figures of {@code metrics.k8s.io/v1beta1}. A pod stands among
 * them once all of its running containers were seen in both sweeps. Thread-safe.
 */
public final class PodUsage implements Loop {
    private static final System.Logger LOG = System.getLogger(PodUsage.class.getName());

    private final Map<String, ContainerRuntime> runtimes;
    private final PodSights pods;
    private final UsageSettings settings;
    private final Driver driver;
    private final Map<String, Samples> samples = new ConcurrentHashMap<>();
    private volatile boolean sampling;

    /** The two newest sweeps over one node, by sandbox. */
    private record Samples(Map<String, SandboxUsage> before, Map<String, SandboxUsage> now) {
        static final Samples NONE = new Samples(Map.of(), Map.of());
    }

    /** Processor time per second in billionths of a core, and bytes. */
    private record Rate(long nanocores, long bytes) {
        Rate plus(Rate other) {
            return new Rate(nanocores + other.nanocores, bytes + other.bytes);
        }

        JsonObject json() {
            return JsonObject.of("cpu", nanocores + "n", "memory", (bytes >> 10) + "Ki");
        }
    }

    /** @param runtimes by the name of the Node whose pods run there */
    public PodUsage(Map<String, ContainerRuntime> runtimes, PodSights pods, UsageSettings settings, Driver driver) {
        this.runtimes = Map.copyOf(runtimes);
        this.pods = pods;
        this.settings = settings;
        this.driver = driver;
    }

    public AutoCloseable start() {
        var started = driver.start(this);
        started.wake();
        return started;
    }

    @Override
    public String name() {
        return "pod-usage";
    }

    @Override
    public Next step(Instant now) {
        if (!sampling) {
            sampling = true;
            driver.run("usage", this::sample);
        }
        return Next.at(now.plus(settings.every()));
    }

    private void sample() {
        try {
            runtimes.forEach(this::sample);
        } finally {
            sampling = false;
        }
    }

    private void sample(String node, ContainerRuntime runtime) {
        try {
            var fresh = new HashMap<String, SandboxUsage>();
            runtime.usage().forEach(usage -> fresh.put(usage.sandboxId(), usage));
            samples.put(node, new Samples(of(node).now(), fresh));
        } catch (ContainerRuntimeException e) {
            LOG.log(Level.WARNING, "usage unreadable node=" + node + " why=" + e.getMessage());
        }
    }

    private Samples of(String node) {
        return samples.getOrDefault(node, Samples.NONE);
    }

    /** PodMetrics of a namespace, or of all if it is empty. */
    public List<KubeObject> podMetrics(String namespace) {
        return pods.sights().stream()
                .filter(sight -> namespace.isEmpty() || sight.pod().namespace().equals(namespace))
                .flatMap(sight -> metrics(sight).stream()).toList();
    }

    public Optional<KubeObject> podMetrics(String namespace, String name) {
        return pods.sight(namespace, name).flatMap(this::metrics);
    }

    private Optional<KubeObject> metrics(PodSight sight) {
        return metrics(sight, of(sight.pod().spec().text("nodeName")));
    }

    /** NodeMetrics: the sum of all pods of each node; a node is missing before two sweeps were made. */
    public List<KubeObject> nodeMetrics() {
        return runtimes.keySet().stream().sorted().flatMap(node -> nodeMetrics(node).stream()).toList();
    }

    private Optional<KubeObject> nodeMetrics(String node) {
        var current = of(node);
        if (current.before().isEmpty() && current.now().isEmpty()) {
            return Optional.empty();
        }
        var sum = new Rate(0, 0);
        var window = settings.every();
        var at = Instant.EPOCH;
        for (var usage : current.now().values()) {
            var before = Optional.ofNullable(current.before().get(usage.sandboxId()));
            if (before.isPresent()) {
                window = Duration.between(before.get().at(), usage.at());
                sum = sum.plus(rate(usage.cpuNanos() - before.get().cpuNanos(), window, usage.workingSetBytes()));
            }
            at = usage.at().isAfter(at) ? usage.at() : at;
        }
        return Optional.of(KubeObject.of(header(Kinds.NODE_METRICS, KubeObject.named(Kinds.NODES, "", node), at, window)
                .put("usage", sum.json()).build()));
    }

    private static Optional<KubeObject> metrics(PodSight sight, Samples samples) {
        var now = Optional.ofNullable(samples.now().get(sight.sandboxId()));
        var before = Optional.ofNullable(samples.before().get(sight.sandboxId()));
        var running = sight.containers().values().stream().filter(ContainerStatus::running).toList();
        if (now.isEmpty() || before.isEmpty() || running.isEmpty()) {
            return Optional.empty();
        }
        var window = Duration.between(before.get().at(), now.get().at());
        var containers = new ArrayList<Json>();
        for (var container : running) {
            var old = of(before.get(), container.id());
            var fresh = of(now.get(), container.id());
            if (old.isEmpty() || fresh.isEmpty()) {
                return Optional.empty();
            }
            var rate = rate(fresh.get().cpuNanos() - old.get().cpuNanos(), window, fresh.get().workingSetBytes());
            containers.add(JsonObject.of("name", container.name(), "usage", rate.json()));
        }
        return Optional.of(KubeObject.of(header(Kinds.POD_METRICS, sight.pod().object(), now.get().at(), window)
                .put("containers", JsonArray.of(containers)).build()));
    }

    private static Optional<ContainerUsage> of(SandboxUsage usage, String containerId) {
        return usage.containers().stream().filter(c -> c.containerId().equals(containerId)).findFirst();
    }

    private static Rate rate(long cpuNanos, Duration window, long bytes) {
        double seconds = Math.max(1, window.toMillis()) / 1_000.0;
        return new Rate((long) (Math.max(0, cpuNanos) / seconds), bytes);
    }

    private static JsonObject.Builder header(ResourceType type, KubeObject about, Instant at, Duration window) {
        var metadata = JsonObject.builder().put("name", about.name()).putText("namespace", about.namespace())
                .put("creationTimestamp", Times.seconds(at));
        if (!about.labels().isEmpty()) {
            metadata.put("labels", JsonObject.strings(about.labels()));
        }
        return JsonObject.builder().put("apiVersion", type.apiVersion()).put("kind", type.kind())
                .put("metadata", metadata.build()).put("timestamp", Times.seconds(at))
                .put("window", window.toMillis() / 1_000.0 + "s");
    }
}
