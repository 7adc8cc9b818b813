package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.kube.object.KubeObject;

/** The annotations of a Deployment ask for something, too: they travel to its ReplicaSets. */
final class DeploymentRules implements KindRules {

    @Override
    public boolean hasStatus() {
        return true;
    }

    @Override
    public boolean hasGeneration() {
        return true;
    }

    @Override
    public KubeObject prepareForCreate(KubeObject deployment) {
        return Traits.withStatus(deployment);
    }

    /** The status has no say about labels (source: upstream's strategy). */
    @Override
    public boolean statusWritesLabels() {
        return false;
    }

    @Override
    public KubeObject prepareForStatus(KubeObject before, KubeObject after) {
        return before.metadata().find("labels").map(labels -> after.with(labels, "metadata", "labels"))
                .orElseGet(() -> after.without("metadata", "labels"));
    }

    @Override
    public boolean asksForMore(KubeObject before, KubeObject after) {
        return !before.spec().equals(after.spec()) || !before.annotations().equals(after.annotations());
    }
}
