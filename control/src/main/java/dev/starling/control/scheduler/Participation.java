package dev.starling.control.scheduler;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * Which nodes take part in spreading: those with all the topology labels of the pod, and, where the constraint says
 * {@code Honor}, those that its node affinity and its tolerations allow. Equal if it asks the same.
 */
final class Participation {
    private final List<String> topologies;
    private final Optional<List<JsonObject>> affinitySource;
    private final Optional<JsonArray> tolerationSource;
    private final Optional<NodeAffinity> affinity;
    private final Optional<Taints.Tolerations> tolerations;

    /** @param affinity the fields {@code nodeSelector} and {@code nodeAffinity}, if they are honored */
    Participation(List<String> topologies, Optional<List<JsonObject>> affinity, Optional<JsonArray> tolerations) {
        this.topologies = List.copyOf(topologies);
        this.affinitySource = affinity;
        this.tolerationSource = tolerations;
        this.affinity = affinity.map(fields -> new NodeAffinity(fields.getFirst(), fields.getLast()));
        this.tolerations = tolerations.map(Taints.Tolerations::of);
    }

    boolean includes(NodeFacts node) {
        for (String topology : topologies) {
            if (!node.labels().containsKey(topology)) {
                return false;
            }
        }
        return (affinity.isEmpty() || affinity.get().allows(node))
                && (tolerations.isEmpty() || node.taints().repelling(tolerations.get(), node.virtual()).isEmpty());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Participation that && topologies.equals(that.topologies)
                && affinitySource.equals(that.affinitySource) && tolerationSource.equals(that.tolerationSource);
    }

    @Override
    public int hashCode() {
        return topologies.hashCode() + 31 * affinitySource.hashCode() + 961 * tolerationSource.hashCode();
    }
}
