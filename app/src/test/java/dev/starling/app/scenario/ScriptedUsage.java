package dev.starling.app.scenario;

import dev.starling.apiserver.registry.ComputedResource;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.object.Times;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The metrics of pods that share one load, as replicas behind one Service do. */
final class ScriptedUsage implements ComputedResource {
    private final Function<ResourceType, List<KubeObject>> objects;
    private final InstantSource clock;
    private long load;

    ScriptedUsage(Function<ResourceType, List<KubeObject>> objects, InstantSource clock) {
        this.objects = objects;
        this.clock = clock;
    }

    /** In thousandths of a core, from now on, divided among all running pods. */
    void load(long cpuMillis) {
        load = cpuMillis;
    }

    @Override
    public ResourceType type() {
        return Kinds.POD_METRICS;
    }

    @Override
    public List<KubeObject> list(String namespace) {
        var pods = objects.apply(Kinds.PODS).stream().filter(pod -> pod.status().text("phase").equals("Running"))
                .toList();
        return pods.stream().filter(pod -> namespace.isEmpty() || pod.namespace().equals(namespace))
                .map(pod -> metrics(pod, load * 1_000_000 / pods.size())).toList();
    }

    @Override
    public Optional<KubeObject> find(String namespace, String name) {
        return list(namespace).stream().filter(metrics -> metrics.name().equals(name)).findFirst();
    }

    private KubeObject metrics(KubeObject pod, long nanocores) {
        var containers = pod.spec().array("containers").objects().stream().map(container -> JsonObject.of(
                "name", container.text("name"), "usage", JsonObject.of("cpu", nanocores + "n", "memory", "1Mi")))
                .toList();
        return KubeObject.named(Kinds.POD_METRICS, pod.namespace(), pod.name())
                .with(pod.metadata().object("labels"), "metadata", "labels")
                .with(Times.seconds(clock.instant()), "timestamp").with("0s", "window")
                .with(JsonArray.of(containers), "containers");
    }
}
