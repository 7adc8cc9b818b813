package dev.starling.app.up;

import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.object.ResourceType;
import java.util.LinkedHashMap;
import java.util.Map;

/** One informer for each type, shared by all who read it; they start together, after everybody listens. */
final class SharedInformers {
    private final KubeApi api;
    private final Map<ResourceType, Informer> informers = new LinkedHashMap<>();

    SharedInformers(KubeApi api) {
        this.api = api;
    }

    Informer of(ResourceType type) {
        return informers.computeIfAbsent(type, t -> new Informer(api, t));
    }

    AutoCloseable start(Driver driver) {
        var undo = new Undo();
        informers.values().forEach(informer -> undo.later(informer.name(), informer.start(driver)));
        return undo;
    }

    boolean synced() {
        return informers.values().stream().allMatch(Informer::synced);
    }
}
