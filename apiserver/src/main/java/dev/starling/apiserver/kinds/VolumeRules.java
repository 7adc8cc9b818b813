package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.kube.object.KubeObject;

/** Volumes and claims come into being as pending; who binds them tells more by their status. */
final class VolumeRules implements KindRules {

    @Override
    public boolean hasStatus() {
        return true;
    }

    @Override
    public KubeObject prepareForCreate(KubeObject volume) {
        var pending = volume.with("Pending", "status", "phase");
        return volume.kind().equals("PersistentVolume") ? pending.with(
                volume.metadata().text("creationTimestamp"), "status", "lastPhaseTransitionTime") : pending;
    }
}
