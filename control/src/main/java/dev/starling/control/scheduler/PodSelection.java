package dev.starling.control.scheduler;

import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.LabelSelector.Operator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which pods a constraint counts: those that every scope selects.
 *
 * @param staying whether pods that are being deleted count no more
 */
record PodSelection(List<Scope> scopes, boolean staying) {

    /** A label and its value. */
    record Label(String key, String value) {
    }

    /**
     * Some namespaces, and the pods in them that a selector selects.
     *
     * @param names of namespaces
     * @param alike selects more namespaces by their labels
     * @param pods nothing selects no pod
     */
    record Scope(Set<String> names, Optional<LabelSelector> alike, Optional<LabelSelector> pods) {
        boolean selects(Identity pod, Namespaces namespaces) {
            return pods.isPresent() && (names.contains(pod.namespace())
                    || alike.isPresent() && alike.get().matches(namespaces.labels(pod.namespace())))
                    && pods.get().matches(pod.labels());
        }
    }

    /** The labels of namespaces, as they are just now. */
    interface Namespaces {
        Map<String, String> labels(String namespace);
    }

    boolean selects(Identity pod, Namespaces namespaces) {
        for (var scope : scopes) {
            if (!scope.selects(pod, namespaces)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the labels of namespaces matter. */
    boolean asksNamespaces() {
        return scopes.stream().anyMatch(scope -> scope.alike().isPresent());
    }

    /** A label that every pod that is selected has, by which this selection is found. */
    Optional<Label> needed() {
        return scopes.stream().flatMap(scope -> scope.pods().stream())
                .flatMap(selector -> selector.requirements().stream())
                .filter(r -> r.operator() == Operator.IN && r.values().size() == 1)
                .map(r -> new Label(r.key(), r.values().getFirst())).findFirst();
    }
}
