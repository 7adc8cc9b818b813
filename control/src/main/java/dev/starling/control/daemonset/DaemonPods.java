package dev.starling.control.daemonset;

import dev.starling.control.revision.History;
import dev.starling.control.scheduler.NodeFit;
import dev.starling.control.scheduler.NodeFit.Verdict;
import dev.starling.control.workload.PodTemplate;
import dev.starling.control.workload.Pods;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The pods of one DaemonSet: which nodes they fit, and how they are bound to one. Pure. */
final class DaemonPods {
    private static final String GENERATION = "deprecated.daemonset.template.generation";
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String NAME = "metadata.name";

    private final KubeObject set;
    private final KubeObject prototype;
    private final NodeFit fit;

    DaemonPods(KubeObject set) {
        this.set = set;
        var pod = PodTemplate.of(set).podOf(set);
        this.prototype = pod.with(tolerations(pod), "spec", "tolerations");
        this.fit = NodeFit.of(prototype);
    }

    /** A daemon stays where others would have to go (source: upstream documentation, "DaemonSet: Taints"). */
    private static JsonArray tolerations(KubeObject pod) {
        var added = new ArrayList<JsonObject>();
        Stream.of("not-ready", "unreachable").forEach(key -> added.add(toleration(key, "NoExecute")));
        Stream.of("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")
                .forEach(key -> added.add(toleration(key, "NoSchedule")));
        if (pod.spec().flag("hostNetwork")) {
            added.add(toleration("network-unavailable", "NoSchedule"));
        }
        var all = new ArrayList<Json>(pod.spec().array("tolerations").objects());
        added.stream().filter(toleration -> !all.contains(toleration)).forEach(all::add);
        return JsonArray.of(all);
    }

    private static JsonObject toleration(String key, String effect) {
        return JsonObject.of("key", "node.kubernetes.io/" + key, "operator", "Exists", "effect", effect);
    }

    Verdict fit(KubeObject node) {
        return fit.on(node);
    }

    /** A new pod for one node alone. */
    KubeObject on(String node, String hash) {
        var field = JsonObject.of("key", NAME, "operator", "In", "values", JsonArray.strings(List.of(node)));
        var term = JsonObject.of("matchFields", JsonArray.of(List.of(field)));
        var pod = prototype.with(hash, "metadata", "labels", History.HASH)
                .with(JsonArray.of(List.of(term)), "spec", "affinity", "nodeAffinity", REQUIRED, "nodeSelectorTerms");
        String generation = set.annotations().getOrDefault(GENERATION, "");
        return generation.isEmpty() ? pod : pod.with(generation, "metadata", "labels", "pod-template-generation");
    }

    /** The node that a pod is on, or is meant for; empty for a pod that is meant for none. */
    static String target(KubeObject pod) {
        if (!Pods.node(pod).isEmpty()) {
            return Pods.node(pod);
        }
        return pod.spec().array("affinity", "nodeAffinity", REQUIRED, "nodeSelectorTerms").objects().stream()
                .flatMap(term -> term.array("matchFields").objects().stream())
                .filter(field -> field.text("key").equals(NAME) && field.text("operator").equals("In")
                        && field.array("values").size() == 1)
                .map(field -> field.array("values").at(0).text()).findFirst().orElse("");
    }
}
