package dev.starling.node.agent;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.ThreadDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import dev.starling.node.pod.PodView;
import dev.starling.node.pool.Pool;
import dev.starling.node.pool.PoolSettings;
import dev.starling.node.runtime.ContainerRuntime;
import dev.starling.node.runtime.Eventually;
import dev.starling.node.streams.NodeStreams;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A node on threads and the real clock, against the real API in this process. */
final class LiveNode implements AutoCloseable {
    static final String NAME = "starling-virtual-0";

    final ThreadDriver driver = new ThreadDriver(InstantSource.system());
    final KubeApi api;
    final VirtualNodes node;
    final Pool pool;
    final NodeStreams streams;
    private final List<AutoCloseable> running = new ArrayList<>();

    LiveNode(KubeApi api, ContainerRuntime runtime, Path folder) {
        this.api = api;
        var informers = List.of(Kinds.PODS, Kinds.CONFIG_MAPS, Kinds.SECRETS, Kinds.SERVICES, Kinds.SERVICE_ACCOUNTS,
                Kinds.RUNTIME_CLASSES).stream().map(type -> new Informer(api, type)).toList();
        var images = new NodeImages(informers.get(0), informers.get(1), informers.get(2), informers.get(3),
                informers.get(4), informers.get(5));
        var events = new EventRecorder(api, NAME, driver);
        pool = new Pool(runtime, PoolSettings.DEFAULT, driver);
        var settings = NodeSettings.of(NAME, runtime.facts().hostAddress(), folder)
                .withMemoryFolder(folder.resolve("memory"));
        node = new VirtualNodes(api, images, driver,
                List.of(new VirtualNodes.Wanted(settings, new NodeRuntime(runtime, pool, events))));
        streams = new NodeStreams(node);
        running.add(events.start());
        running.add(pool.start());
        running.add(node.start());
        informers.forEach(informer -> running.add(informer.start(driver)));
        Eventually.holds("the node is ready", () -> node.ready() && pool.warm() == 2);
    }

    static ObjectKey key(String name) {
        return Kinds.PODS.key("default", name);
    }

    /** Creates a pod that is bound to this node, from the YAML of its spec. */
    PodView pod(String name, String spec) {
        var tree = (JsonObject) Yaml.documents(spec).getFirst();
        var bound = tree.with("nodeName", dev.starling.kube.json.Json.of(NAME));
        return new PodView(api.create(key(name), KubeObject.named(Kinds.PODS, "default", name).with(bound, "spec")));
    }

    void create(ResourceType type, String name, JsonObject data) {
        api.create(type.key("default", name), KubeObject.named(type, "default", name).with(data, "data"));
    }

    PodView read(String name) {
        return new PodView(api.get(key(name)));
    }

    void awaitPhase(String name, String phase) {
        await(name + " is " + phase, () -> read(name).status().text("phase").equals(phase), name);
    }

    private void await(String what, java.util.function.BooleanSupplier condition, String name) {
        try {
            Eventually.holds(what, condition);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + find(name).map(p -> p.tree().toString()).orElse("gone")
                    + "\n" + String.join("\n", events()), e);
        }
    }

    Optional<KubeObject> find(String name) {
        try {
            return Optional.of(api.get(key(name)));
        } catch (ApiException e) {
            return Optional.empty();
        }
    }

    List<String> events() {
        return api.list(ListQuery.all(Kinds.EVENTS)).items().stream().map(e -> e.tree().text("involvedObject", "name")
                + " " + e.tree().text("reason") + ": " + e.tree().text("message")).toList();
    }

    /** Lets go of everything but the containers, as a crash does. */
    @Override
    public void close() throws Exception {
        for (var one : running) {
            one.close();
        }
    }
}
