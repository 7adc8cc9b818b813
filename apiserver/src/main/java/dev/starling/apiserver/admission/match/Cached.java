package dev.starling.apiserver.admission.match;

import dev.starling.apiserver.registry.ObjectReader;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * All objects of a kind that configures admission, in the order of their names and always as they are stored, read
 * into a form that costs something once per change. Thread-safe.
 */
public final class Cached<T> {
    private final ResourceType type;
    private final Function<KubeObject, T> reading;
    private final Map<String, Read<T>> read = new ConcurrentHashMap<>();

    private record Read<T>(KubeObject source, T form) {
    }

    public Cached(ResourceType type, Function<KubeObject, T> reading) {
        this.type = type;
        this.reading = reading;
    }

    public List<T> all(ObjectReader reader) {
        var objects = reader.all(type, "");
        if (objects.isEmpty()) {
            return List.of();
        }
        var forms = objects.stream().map(this::form).toList();
        if (read.size() > objects.size()) {
            read.keySet().retainAll(objects.stream().map(KubeObject::uid).toList());
        }
        return forms;
    }

    private T form(KubeObject object) {
        return read.compute(object.uid(), (uid, known) -> known != null && known.source() == object ? known
                : new Read<>(object, reading.apply(object))).form();
    }
}
