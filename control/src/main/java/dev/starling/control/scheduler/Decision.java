package dev.starling.control.scheduler;

import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Set;

/** What becomes of one waiting pod. */
sealed interface Decision {
    PodFacts facts();

    default KubeObject pod() {
        return facts().pod();
    }

    /** It goes to a node. */
    record Bind(PodFacts facts, String node) implements Decision {
    }

    /**
     * No node takes it.
     *
     * @param why as an event and the pod's condition tell it
     * @param causes what of it other changes of the cluster can cure
     * @param nominated the node where room is kept for it all the same; empty for none
     */
    record Refuse(PodFacts facts, String why, Set<Objection.Kind> causes, String nominated) implements Decision {
    }

    /** No node takes it, and others that matter less make room for it on one. */
    record Preempt(PodFacts facts, String node, List<PodFacts> victims, String why) implements Decision {
    }
}
