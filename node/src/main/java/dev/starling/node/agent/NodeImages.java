package dev.starling.node.agent;

import dev.starling.kube.informer.Informer;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.node.pod.Sources;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The informers that a node reads. They are handed over before their start, and started by who made them. */
public record NodeImages(Informer pods, Informer configMaps, Informer secrets, Informer services,
        Informer serviceAccounts, Informer runtimeClasses) implements Sources {

    boolean synced() {
        return Stream.of(pods, configMaps, secrets, services, serviceAccounts, runtimeClasses)
                .allMatch(Informer::synced);
    }

    void onProgress(Runnable observer) {
        Stream.of(pods, configMaps, secrets, services, serviceAccounts, runtimeClasses)
                .forEach(informer -> informer.onProgress(observer));
    }

    @Override
    public Optional<KubeObject> find(ResourceType type, String namespace, String name) {
        return informer(type).find(namespace, name);
    }

    @Override
    public List<KubeObject> in(ResourceType type, String namespace) {
        return informer(type).in(namespace);
    }

    private Informer informer(ResourceType type) {
        return Stream.of(pods, configMaps, secrets, services, serviceAccounts, runtimeClasses)
                .filter(informer -> informer.type().equals(type)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a node does not read " + type));
    }
}
