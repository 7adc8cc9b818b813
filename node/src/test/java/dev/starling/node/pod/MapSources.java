package dev.starling.node.pod;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Objects that a test names. */
public final class MapSources implements Sources {
    private final Map<ObjectKey, KubeObject> objects = new LinkedHashMap<>();

    public void put(ResourceType type, String namespace, String name, JsonObject data) {
        objects.put(type.key(namespace, name), KubeObject.named(type, namespace, name).with(data, "data"));
    }

    public void service(String namespace, String name, String ip, int port) {
        var spec = JsonObject.of("clusterIP", ip, "ports", JsonArray.of(JsonObject.of("port", port)));
        objects.put(Kinds.SERVICES.key(namespace, name),
                KubeObject.named(Kinds.SERVICES, namespace, name).with(spec, "spec"));
    }

    @Override
    public Optional<KubeObject> find(ResourceType type, String namespace, String name) {
        return Optional.ofNullable(objects.get(type.key(namespace, name)));
    }

    @Override
    public List<KubeObject> in(ResourceType type, String namespace) {
        return objects.entrySet().stream()
                .filter(e -> e.getKey().type().equals(type) && e.getKey().namespace().equals(namespace))
                .map(Map.Entry::getValue).toList();
    }
}
