package dev.starling.control.scheduler;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.Map;

/**
 * Whether a pod fits nodes by name, labels and taints alone, whatever room there is: for those who make pods for
 * nodes. Virtual nodes count as if a Fargate profile selected the pod: the scheduler has the last word on that.
 * Immutable.
 */
public final class NodeFit {
    private final String named;
    private final NodeAffinity affinity;
    private final Taints.Tolerations tolerations;

    private NodeFit(JsonObject spec) {
        this.named = spec.text("nodeName");
        this.affinity = new NodeAffinity(spec.object("nodeSelector"), spec.object("affinity", "nodeAffinity"));
        this.tolerations = Taints.Tolerations.of(spec.array("tolerations"));
    }

    public static NodeFit of(KubeObject pod) {
        return new NodeFit(pod.spec());
    }

    /** How a node stands to the pod. */
    public enum Verdict {
        /** The pod may go there. */
        FITS,
        /** It may not go there, but one that is there may stay. */
        KEEPS,
        /** It may neither go nor stay there. */
        REFUSES
    }

    public Verdict on(KubeObject node) {
        var facts = new NodeFacts(node.name(), node.labels(), Taints.of(node.spec().array("taints")),
                new NodeFacts.Flags(false, NodeFacts.virtual(node.labels())), new long[0], Map.of());
        if (!named.isEmpty() && !named.equals(facts.name()) || !affinity.allows(facts)) {
            return Verdict.REFUSES;
        }
        if (facts.taints().repelling(tolerations, facts.virtual()).isEmpty()) {
            return Verdict.FITS;
        }
        return facts.taints().expelling(tolerations, facts.virtual()).isEmpty() ? Verdict.KEEPS : Verdict.REFUSES;
    }
}
