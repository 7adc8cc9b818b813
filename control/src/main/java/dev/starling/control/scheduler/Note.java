package dev.starling.control.scheduler;

import dev.starling.kube.object.KubeObject;
import java.util.Optional;

/** What happened outside the loop, to be taken in by it. */
sealed interface Note {
    record PodChanged(Optional<KubeObject> before, Optional<KubeObject> after) implements Note {
    }

    record NodeChanged(Optional<KubeObject> before, Optional<KubeObject> after) implements Note {
    }

    record NamespaceChanged(Optional<KubeObject> before, Optional<KubeObject> after) implements Note {
    }

    record ProfilesChanged() implements Note {
    }

    record VolumesChanged() implements Note {
    }

    record GroupsChanged() implements Note {
    }

    /** @param gone the pod is no more */
    record BindFailed(Decision.Bind bind, boolean gone) implements Note {
    }

    /** A pod could not be told why it waits. */
    record RefusalFailed(String pod) implements Note {
    }

    record EvictionFailed(String victim, String preemptor) implements Note {
    }
}
