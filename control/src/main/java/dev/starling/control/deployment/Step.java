package dev.starling.control.deployment;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;

/** One write that brings a Deployment further. */
sealed interface Step {

    /** Creates the ReplicaSet of a new template. */
    record Create(KubeObject replicaSet) implements Step {
    }

    /** Changes the size of a ReplicaSet (or leaves it, if both numbers are equal), and its annotations. */
    record Resize(KubeObject replicaSet, int to, JsonObject annotations) implements Step {
        int from() {
            return Image.replicas(replicaSet);
        }
    }

    /** Deletes a ReplicaSet that the history has no place for. */
    record Delete(KubeObject replicaSet) implements Step {
    }

    /** Tells the Deployment its revision. */
    record Number(String revision) implements Step {
    }
}
