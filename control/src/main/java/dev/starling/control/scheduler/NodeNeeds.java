package dev.starling.control.scheduler;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that decides, whatever runs on a node, whether a pod may go there and how well it would stand there. Pods with
 * equal keys share one {@link NodeIndex}. Immutable.
 */
final class NodeNeeds {
    private static final long UNWANTED = 100;
    /** Images below the first size count nothing, above the second nothing more (source: upstream's ImageLocality). */
    private static final long SMALL_IMAGE = 23L << 20;
    private static final long LARGE_IMAGE = 1_000L << 20;
    private static final long MOST_FOR_IMAGES = 200;

    /**
     * @param affinity the field {@code nodeAffinity}, or the empty object
     * @param profiled whether a Fargate profile selects the pod
     * @param extended places of resources that only some nodes have
     * @param volumes what volumes require of their node, each as {@code nodeSelectorTerms} of one affinity
     * @param images of its containers, those that any node has
     */
    record Key(JsonObject nodeSelector, JsonObject affinity, JsonArray tolerations, boolean profiled,
            List<Integer> extended, List<JsonObject> volumes, List<String> images) {
    }

    private final Key key;
    private final NodeAffinity affinity;
    private final Taints.Tolerations tolerations;
    private final List<NodeAffinity> volumes;

    NodeNeeds(Key key) {
        this.key = key;
        this.affinity = new NodeAffinity(key.nodeSelector(), key.affinity());
        this.tolerations = Taints.Tolerations.of(key.tolerations());
        this.volumes = key.volumes().stream().map(v -> new NodeAffinity(JsonObject.EMPTY, v)).toList();
    }

    Key key() {
        return key;
    }

    NodeAffinity affinity() {
        return affinity;
    }

    Taints.Tolerations tolerations() {
        return tolerations;
    }

    /** The names of the only nodes that come into question, if the pod names some. */
    Optional<Set<String>> names() {
        return affinity.names();
    }

    /** What speaks against a node, whatever runs there. */
    Optional<Objection> objection(NodeFacts node) {
        if (node.flags().unschedulable() && !tolerations.tolerateUnschedulable()) {
            return Optional.of(Objection.UNSCHEDULABLE);
        }
        if (node.virtual() && !key.profiled()) {
            return Optional.of(Objection.NO_PROFILE);
        }
        var taint = node.taints().repelling(tolerations, node.virtual());
        if (taint.isPresent()) {
            return Optional.of(Objection.taint(taint.get()));
        }
        return affinity.allows(node) ? Optional.empty() : Optional.of(Objection.NODE_AFFINITY);
    }

    /** What speaks against a node because of the volumes of the pod. */
    Optional<Objection> volumeObjection(NodeFacts node) {
        for (var volume : volumes) {
            if (!volume.allows(node)) {
                return Optional.of(Objection.VOLUME_NODE);
            }
        }
        return Optional.empty();
    }

    /** Whether a node may take the pod once there is room. */
    boolean allows(NodeFacts node) {
        return objection(node).isEmpty() && volumeObjection(node).isEmpty() && has(node);
    }

    private boolean has(NodeFacts node) {
        for (int place : key.extended()) {
            if (node.allocatable(place) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Weights of preferences met, less what taints would rather not have. */
    long wishes(NodeFacts node) {
        return affinity.preference(node) - UNWANTED * node.taints().discouraging(tolerations);
    }

    /** Between 0 and 200: how much of the images is there already. */
    long images(NodeFacts node) {
        if (key.images().isEmpty()) {
            return 0;
        }
        long sum = 0;
        for (String image : key.images()) {
            sum += node.images().getOrDefault(image, 0L);
        }
        long most = LARGE_IMAGE * key.images().size();
        return MOST_FOR_IMAGES * (Math.clamp(sum, SMALL_IMAGE, most) - SMALL_IMAGE) / (most - SMALL_IMAGE);
    }
}
