package dev.starling.control.disruption;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.OwnerReference;
import dev.starling.kube.object.ResourceType;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How many pods the controllers of some pods want: those of Kubernetes itself by their images, all others by their
 * subresource {@code scale}.
 *
 * @param images by type: ReplicationControllers, ReplicaSets, Deployments, StatefulSets
 * @param types of everything that is served, among which the other controllers are
 */
record OwnerScales(Map<ResourceType, Informer> images, Supplier<? extends Collection<ResourceType>> types) {
    OwnerScales {
        images = Map.copyOf(images);
    }

    /** @param unmanaged whether some pod has no controller, so that nobody says how many of it there should be */
    record Total(long pods, boolean unmanaged) {
    }

    private record Scale(String uid, long replicas) {
    }

    /**
     * Each controller counts once, however many of the pods it has.
     *
     * @throws ScaleException if some controller can't say how many pods it wants
     */
    Total of(List<KubeObject> pods, KubeApi api) {
        var asked = new HashMap<String, Scale>();
        boolean unmanaged = false;
        for (var pod : pods) {
            var owner = pod.controller();
            unmanaged |= owner.isEmpty();
            owner.ifPresent(o -> asked.computeIfAbsent(o.uid(), uid -> scale(o, pod.namespace(), api).orElseThrow(() ->
                    new ScaleException("found no controllers for pod \"" + pod.name() + "\""))));
        }
        var counted = new HashMap<String, Long>();
        asked.values().forEach(scale -> counted.put(scale.uid(), scale.replicas()));
        return new Total(counted.values().stream().mapToLong(Long::longValue).sum(), unmanaged);
    }

    private Optional<Scale> scale(OwnerReference owner, String namespace, KubeApi api) {
        var known = images.keySet().stream().filter(type -> names(owner, type)).findFirst();
        if (known.isEmpty()) {
            return ask(owner, namespace, api);
        }
        return find(owner, namespace, known.get()).map(found -> found.controller()
                .filter(c -> names(c, Kinds.DEPLOYMENTS)).flatMap(c -> find(c, namespace, Kinds.DEPLOYMENTS))
                .orElse(found)).map(found -> new Scale(found.uid(), found.spec().at("replicas").number(1)));
    }

    private static boolean names(OwnerReference owner, ResourceType type) {
        int slash = owner.apiVersion().indexOf('/');
        return owner.kind().equals(type.kind())
                && (slash < 0 ? "" : owner.apiVersion().substring(0, slash)).equals(type.group());
    }

    private Optional<KubeObject> find(OwnerReference owner, String namespace, ResourceType type) {
        return Optional.ofNullable(images.get(type)).flatMap(image -> image.find(namespace, owner.name()))
                .filter(found -> found.uid().equals(owner.uid()));
    }

    private Optional<Scale> ask(OwnerReference owner, String namespace, KubeApi api) {
        var type = types.get().stream().filter(t -> names(owner, t)).findFirst().orElseThrow(() ->
                new ScaleException("no matches for kind \"" + owner.kind() + "\" in version \"" + owner.apiVersion()
                        + "\""));
        var key = type.key(type.namespaced() ? namespace : "", owner.name());
        try {
            return Optional.of(api.get(key.sub("scale"))).filter(scale -> scale.uid().equals(owner.uid()))
                    .map(scale -> new Scale(scale.uid(), scale.spec().at("replicas").number(0)));
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND)) {
                throw new ScaleException(e.getMessage());
            }
        }
        try {
            api.get(key);
        } catch (ApiException e) {
            if (e.is(Reason.NOT_FOUND)) {
                return Optional.empty();
            }
            throw new ScaleException(e.getMessage());
        }
        throw new ScaleException(type.qualifiedPlural() + " does not implement the scale subresource");
    }
}
