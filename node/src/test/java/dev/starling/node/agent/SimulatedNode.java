package dev.starling.node.agent;

import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.SimulationDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import dev.starling.node.pod.PodView;
import dev.starling.node.pool.Pool;
import dev.starling.node.pool.PoolSettings;
import dev.starling.node.runtime.ContainerRuntime;
import dev.starling.node.simulated.SimulatedRuntime;
import dev.starling.node.simulated.SimulationSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A whole node on a virtual clock: API, informers, pool, runtime and agents. */
final class SimulatedNode {
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    final SimulationDriver driver;
    final TinyApi api;
    final SimulatedRuntime runtime;
    Pool pool;
    VirtualNodes node;
    private final ContainerRuntime seen;
    private final Path folder;
    private final List<AutoCloseable> running = new ArrayList<>();

    SimulatedNode(Path folder) {
        this(folder, new SimulationSettings(4_000, 8L << 30, Duration.ZERO, Set.of("docker.io/library/absent:latest")));
    }

    SimulatedNode(Path folder, SimulationSettings settings) {
        this(folder, settings, runtime -> runtime);
    }

    /** @param around what the node sees of its runtime */
    SimulatedNode(Path folder, SimulationSettings settings, UnaryOperator<ContainerRuntime> around) {
        this.folder = folder;
        driver = new SimulationDriver(7, START);
        api = new TinyApi(driver.clock());
        runtime = new SimulatedRuntime(driver, settings, delay -> { });
        seen = around.apply(runtime);
        node = start();
        run(Duration.ofSeconds(2));
    }

    private VirtualNodes start() {
        pool = new Pool(seen, PoolSettings.DEFAULT, driver);
        var informers = List.of(Kinds.PODS, Kinds.CONFIG_MAPS, Kinds.SECRETS, Kinds.SERVICES, Kinds.SERVICE_ACCOUNTS,
                Kinds.RUNTIME_CLASSES).stream().map(type -> new Informer(api, type)).toList();
        var images = new NodeImages(informers.get(0), informers.get(1), informers.get(2), informers.get(3),
                informers.get(4), informers.get(5));
        var events = new EventRecorder(api, "starling-virtual-0", driver);
        var settings = NodeSettings.of("starling-virtual-0", "10.0.0.1", folder);
        var made = new VirtualNodes(api, images, driver,
                List.of(new VirtualNodes.Wanted(settings, new NodeRuntime(seen, pool, events))));
        running.add(events.start());
        running.add(made.start());
        running.add(pool.start());
        informers.forEach(informer -> running.add(informer.start(driver)));
        return made;
    }

    /** As after a crash: everything in memory is lost but the runtime and the API. */
    void restart() throws Exception {
        for (var one : running) {
            one.close();
        }
        running.clear();
        node = start();
    }

    void run(Duration time) {
        driver.runFor(time);
    }

    KubeObject create(ResourceType type, String name, JsonObject fields) {
        var object = KubeObject.named(type, "default", name);
        for (var field : fields.entries()) {
            object = object.with(field.getValue(), field.getKey());
        }
        return api.create(type.key("default", name), object);
    }

    static ObjectKey key(String name) {
        return Kinds.PODS.key("default", name);
    }

    /** A bound pod with one container. */
    PodView pod(String name, JsonObject container, Object... spec) {
        return annotated(name, JsonObject.EMPTY, container, spec);
    }

    PodView annotated(String name, JsonObject annotations, JsonObject container, Object... spec) {
        var full = JsonObject.of("nodeName", "starling-virtual-0", "containers", JsonArray.of(container));
        for (int i = 0; i < spec.length; i += 2) {
            full = full.with((String) spec[i], Json.of(spec[i + 1]));
        }
        var status = JsonObject.of("phase", "Pending", "conditions", JsonArray.of(JsonObject.of("type",
                "PodScheduled", "status", "True")));
        var metadata = JsonObject.of("name", name, "namespace", "default", "annotations", annotations);
        var object = KubeObject.named(Kinds.PODS, "default", name).with(metadata, "metadata").with(full, "spec")
                .with(status, "status");
        return new PodView(api.create(key(name), object));
    }

    static JsonObject container(String name) {
        return JsonObject.of("name", name, "image", "nginx:1");
    }

    PodView read(String name) {
        return new PodView(api.get(key(name)));
    }

    Optional<KubeObject> find(String name) {
        return api.list(dev.starling.kube.api.ListQuery.all(Kinds.PODS)).items().stream()
                .filter(pod -> pod.name().equals(name)).findFirst();
    }

    List<String> events() {
        return api.list(dev.starling.kube.api.ListQuery.all(Kinds.EVENTS)).items().stream()
                .map(e -> e.tree().text("reason") + ": " + e.tree().text("message")).toList();
    }
}
