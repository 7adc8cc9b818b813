package dev.starling.apiserver.kinds;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import java.util.List;

/** The replicas of Deployments and their like. */
final class WorkloadScale implements ScaleFields {
    @Override
    public List<String> path() {
        return List.of("spec", "replicas");
    }

    @Override
    public long wanted(KubeObject owner) {
        return owner.spec().at("replicas").number(1);
    }

    @Override
    public long observed(KubeObject owner) {
        return owner.status().at("replicas").number(0);
    }

    /** A ReplicationController selects by labels alone. */
    @Override
    public String selector(KubeObject owner) {
        var selector = owner.spec().object("selector");
        return LabelSelector.from(owner.kind().equals("ReplicationController")
                ? JsonObject.of("matchLabels", selector) : selector).toString();
    }
}
