package dev.starling.control.scheduler;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.List;

/** What the claims of a pod say of its place. */
interface Volumes {
    Volumes NONE = pod -> Answer.NONE;

    Answer of(KubeObject pod);

    /**
     * What holds for one pod.
     *
     * @param problem why it can't run anywhere just now; empty for none
     * @param affinities what volumes require of their node, each in the form of {@code nodeAffinity}
     * @param unmade claims whose volume is made when a node is chosen
     */
    record Answer(String problem, List<JsonObject> affinities, List<String> unmade) {
        static final Answer NONE = new Answer("", List.of(), List.of());
    }
}
