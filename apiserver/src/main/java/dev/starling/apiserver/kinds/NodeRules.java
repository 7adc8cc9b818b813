package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.kube.object.KubeObject;
import java.util.Map;
import java.util.function.Function;

/** Nodes come into being with a status, and their heartbeat may carry labels and annotations. */
final class NodeRules implements KindRules {

    @Override
    public boolean hasStatus() {
        return true;
    }

    @Override
    public boolean createsWithStatus() {
        return true;
    }

    @Override
    public Map<String, Function<KubeObject, String>> selectable() {
        return Map.of("spec.unschedulable", Fields.orElse("false", "spec.unschedulable"));
    }
}
