package dev.starling.apiserver.registry;

import dev.starling.kube.object.ResourceType;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All that is served just now: the one list behind routes, discovery and the API documents. It may change while the
 * server runs; a reader sees the state before a change or the one after it, never a part. Thread-safe.
 */
public final class Catalog {
    private final ReentrantLock changing = new ReentrantLock();
    private volatile Picture now = new Picture(Map.of()); // replaced under the lock

    /** One state. The list is made once, so that whoever derives documents from it can tell that it is the same. */
    private record Picture(Map<ResourceType, Resource> resources, List<ServedResource> served) {
        Picture(Map<ResourceType, Resource> resources) {
            this(Collections.unmodifiableMap(resources),
                    resources.values().stream().map(Resource::served).toList());
        }
    }

    Catalog(Collection<? extends Resource> resources) {
        replace(List.of(), resources);
    }

    Collection<Resource> resources() {
        return now.resources().values();
    }

    /** What is served, in discovery's order. The same list as before if nothing has changed. */
    public List<ServedResource> served() {
        return now.served();
    }

    /** Whether anything of a version is served. */
    public boolean serves(String group, String version) {
        return now.resources().keySet().stream()
                .anyMatch(type -> type.group().equals(group) && type.version().equals(version));
    }

    /** The resource of a path; the group of the core API is empty. */
    public Optional<ServedResource> served(String group, String version, String plural) {
        return find(new ResourceType(group, version, plural, "", false)).map(Resource::served);
    }

    public Optional<Resource> find(ResourceType type) {
        return Optional.ofNullable(now.resources().get(type));
    }

    /**
     * Takes some types away and serves others, in one step. A type that is both goes on with what is new, in its old
     * place. What is taken away is refused from now on; its objects stay in the store.
     *
     * @throws IllegalArgumentException if a type that comes is served already and does not go
     */
    void replace(Collection<ResourceType> gone, Collection<? extends Resource> come) {
        changing.lock();
        try {
            var next = new LinkedHashMap<>(now.resources());
            var comes = new LinkedHashMap<ResourceType, Resource>();
            for (var resource : come) {
                var type = resource.served().type();
                boolean taken = next.containsKey(type) && !gone.contains(type);
                if (taken || comes.putIfAbsent(type, resource) != null) {
                    throw new IllegalArgumentException("served already: " + type);
                }
            }
            gone.stream().filter(type -> !comes.containsKey(type)).forEach(next::remove);
            next.putAll(comes);
            now = new Picture(next);
        } finally {
            changing.unlock();
        }
    }
}
