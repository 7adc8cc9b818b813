package dev.starling.control.scheduler;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a pod wants of its node's labels and name: {@code nodeSelector} and {@code nodeAffinity}. */
final class NodeAffinity {
    private NodeAffinity() {
    }

    /** Whether a node has all that a pod requires. */
    static boolean allows(KubeObject pod, KubeObject node) {
        var spec = pod.spec();
        var labels = node.labels();
        if (!LabelSelector.of(spec.object("nodeSelector").texts()).matches(labels)) {
            return false;
        }
        var required = spec.at("affinity").object()
                .at("nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
        return required.isNull() || required.object().array("nodeSelectorTerms").objects().stream()
                .anyMatch(term -> matches(term, node.name(), labels));
    }

    /** The sum of the weights of the preferences that a node meets. */
    static long preference(KubeObject pod, KubeObject node) {
        return pod.spec().array("affinity", "nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution")
                .objects().stream()
                .filter(preferred -> matches(preferred.object("preference"), node.name(), node.labels()))
                .mapToLong(preferred -> preferred.at("weight").number(0)).sum();
    }

    /** A term without any requirement matches no node. */
    private static boolean matches(JsonObject term, String nodeName, Map<String, String> labels) {
        var expressions = term.array("matchExpressions");
        var fields = term.array("matchFields");
        if (expressions.isEmpty() && fields.isEmpty()) {
            return false;
        }
        return holds(expressions, labels) && holds(fields, new HashMap<>(Map.of("metadata.name", nodeName)));
    }

    private static boolean holds(JsonArray requirements, Map<String, String> values) {
        for (var requirement : requirements.objects()) {
            var operator = LabelSelector.Operator.named(requirement.text("operator"));
            List<String> wanted = requirement.array("values").texts();
            if (operator.isEmpty() || !new LabelSelector.Requirement(requirement.text("key"), operator.get(), wanted)
                    .matches(values)) {
                return false;
            }
        }
        return true;
    }
}
