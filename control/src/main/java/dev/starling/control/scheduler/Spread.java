package dev.starling.control.scheduler;

import dev.starling.kube.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One constraint of {@code topologySpreadConstraints}.
 *
 * @param counted the pods that it counts, and where
 * @param most the {@code maxSkew}
 * @param fewest the {@code minDomains}
 * @param required whether a pod that can't meet it waits
 */
record Spread(Counter.Key counted, long most, long fewest, boolean required) {

    /** The constraints of a pod with this namespace and these labels. */
    static List<Spread> of(JsonObject spec, String namespace, Map<String, String> labels) {
        var constraints = spec.array("topologySpreadConstraints").objects();
        if (constraints.isEmpty()) {
            return List.of();
        }
        return constraints.stream().map(json -> {
            boolean required = required(json);
            var topologies = constraints.stream().filter(other -> required(other) == required)
                    .map(other -> other.text("topologyKey")).distinct().sorted().toList();
            var part = participation(json, spec, required ? topologies : List.of(json.text("topologyKey")));
            var scope = new PodSelection.Scope(Set.of(namespace), Optional.empty(), PodTerms.selector(json, labels));
            var key = new Counter.Key(new PodSelection(List.of(scope), true), json.text("topologyKey"),
                    Optional.of(part));
            return new Spread(key, Math.max(json.at("maxSkew").number(1), 1), json.at("minDomains").number(1),
                    required);
        }).toList();
    }

    private static boolean required(JsonObject json) {
        return !json.text("whenUnsatisfiable").equals("ScheduleAnyway");
    }

    private static Participation participation(JsonObject json, JsonObject spec, List<String> topologies) {
        boolean affinity = !json.text("nodeAffinityPolicy").equals("Ignore")
                && (spec.has("nodeSelector") || !spec.object("affinity", "nodeAffinity").isEmpty());
        boolean taints = json.text("nodeTaintsPolicy").equals("Honor");
        return new Participation(topologies,
                affinity ? Optional.of(List.of(spec.object("nodeSelector"), spec.object("affinity", "nodeAffinity")))
                        : Optional.empty(),
                taints ? Optional.of(spec.array("tolerations")) : Optional.empty());
    }

    /** Whether a pod counts for its own constraint. */
    boolean selects(Identity pod, PodSelection.Namespaces namespaces) {
        return counted.pods().selects(pod, namespaces);
    }
}
