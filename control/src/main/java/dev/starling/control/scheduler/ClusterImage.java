package dev.starling.control.scheduler;

import dev.starling.control.workload.Pods;
import dev.starling.kube.object.Resources;
import dev.starling.kube.object.KubeObject;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the scheduler knows of nodes and of the pods on them, indexed by node and kept by increments. A pod that was
 * assumed counts on its node until the cluster tells where it is, or until it is forgotten. Owned by one thread.
 */
final class ClusterImage {

    /** One node with what is still free on it. */
    record NodeImage(KubeObject node, Resources allocatable, Resources used) {
        Resources free() {
            return allocatable.minus(used);
        }

        boolean virtual() {
            return "virtual-kubelet".equals(node.labels().get("type"));
        }
    }

    private record Place(String node, Resources request, boolean assumed) {
    }

    private final Map<String, KubeObject> nodes = new TreeMap<>();
    private final Map<String, Resources> allocatable = new HashMap<>();
    private final Map<String, Resources> used = new HashMap<>();
    private final Map<String, Place> places = new HashMap<>();

    /** Takes a new or changed node. */
    void node(KubeObject node) {
        nodes.put(node.name(), node);
        allocatable.put(node.name(), Resources.of(node.status().object("allocatable")));
    }

    void nodeGone(String name) {
        nodes.remove(name);
        allocatable.remove(name);
    }

    /** Takes a new or changed pod: it counts from its binding to its end. */
    void pod(KubeObject pod) {
        String key = pod.namespacedName();
        boolean bound = !Pods.node(pod).isEmpty();
        var known = Optional.ofNullable(places.get(key));
        if (!bound && known.filter(Place::assumed).isPresent() && !pod.deleting()) {
            return;
        }
        podGone(key);
        if (bound && !Pods.terminal(pod)) {
            put(key, new Place(Pods.node(pod), Resources.ofPod(pod), false));
        }
    }

    /** Takes a pod away, by {@code namespace/name}. */
    void podGone(String key) {
        Optional.ofNullable(places.remove(key)).ifPresent(place ->
                used.merge(place.node(), Resources.NONE, (sum, none) -> sum.minus(place.request())));
    }

    /** Counts a pod on a node before the cluster says so. */
    void assume(KubeObject pod, String node) {
        String key = pod.namespacedName();
        podGone(key);
        put(key, new Place(node, Resources.ofPod(pod), true));
    }

    /** Takes an assumption back; a pod that the cluster has placed meanwhile stays. */
    void forget(String key) {
        if (Optional.ofNullable(places.get(key)).filter(Place::assumed).isPresent()) {
            podGone(key);
        }
    }

    /** Whether a pod is on a node, for all that is known or assumed. */
    boolean placed(String key) {
        return places.containsKey(key);
    }

    private void put(String key, Place place) {
        places.put(key, place);
        used.merge(place.node(), place.request(), Resources::plus);
    }

    /** All nodes, by name. */
    Collection<NodeImage> nodes() {
        var images = new LinkedHashMap<String, NodeImage>();
        nodes.forEach((name, node) -> images.put(name, new NodeImage(node,
                allocatable.getOrDefault(name, Resources.NONE), used.getOrDefault(name, Resources.NONE))));
        return images.values();
    }
}
