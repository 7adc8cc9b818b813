package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.kube.object.KubeObject;

/** What counts of a PriorityClass never changes, so that its generation stays the first. */
final class PriorityRules implements KindRules {

    @Override
    public boolean hasGeneration() {
        return true;
    }

    @Override
    public boolean asksForMore(KubeObject before, KubeObject after) {
        return false;
    }
}
