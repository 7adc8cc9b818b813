package dev.starling.app.up;

import dev.starling.apiserver.registry.ComputedResource;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A computed resource made of two functions. */
record Computed(ResourceType type, Function<String, List<KubeObject>> all,
        BiFunction<String, String, Optional<KubeObject>> one) implements ComputedResource {

    @Override
    public List<KubeObject> list(String namespace) {
        return all.apply(namespace);
    }

    @Override
    public Optional<KubeObject> find(String namespace, String name) {
        return one.apply(namespace, name);
    }
}
