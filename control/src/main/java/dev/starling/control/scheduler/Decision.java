package dev.starling.control.scheduler;

import dev.starling.kube.object.KubeObject;
import java.util.Optional;

/** What becomes of one waiting pod. */
sealed interface Decision {
    KubeObject pod();

    /** @param profile the Fargate profile by which the pod may run on a virtual node */
    record Bind(KubeObject pod, String node, Optional<String> profile) implements Decision {
    }

    /** @param why as an event and the pod's condition tell it */
    record Refuse(KubeObject pod, String why) implements Decision {
    }
}
