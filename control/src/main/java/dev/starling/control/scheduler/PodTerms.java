package dev.starling.control.scheduler;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.LabelSelector.Operator;
import dev.starling.kube.object.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a pod wants of the pods near it. All required terms of {@code podAffinity} count the same pods: those that
 * match every one of them, as upstream's scheduler has it. Immutable.
 *
 * @param affinity the topologies in each of which a pod of {@code companions} must run
 * @param avoided no pod of these may be near
 * @param wishes with their weights: below 0 for distance
 */
record PodTerms(PodSelection companions, List<String> affinity, List<Holder.Key> avoided, List<Holder.Key> wishes) {
    static final PodTerms NONE =
            new PodTerms(new PodSelection(List.of(), false), List.of(), List.of(), List.of());
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";
    /** How a pod that is already somewhere wishes for those that it required (source: hardPodAffinityWeight). */
    private static final long HARD_WEIGHT = 1;

    /** @param affinity the field {@code affinity} of a pod with this namespace and these labels */
    static PodTerms of(JsonObject affinity, String namespace, Map<String, String> labels) {
        if (!affinity.has("podAffinity") && !affinity.has("podAntiAffinity")) {
            return NONE;
        }
        var pod = new Owner(namespace, labels);
        var needed = affinity.array("podAffinity", REQUIRED).objects();
        var companions = new PodSelection(needed.stream().map(pod::scope).toList(), false);
        var avoided = affinity.array("podAntiAffinity", REQUIRED).objects().stream()
                .map(term -> pod.key(term, 0)).toList();
        var wishes = new ArrayList<Holder.Key>();
        affinity.array("podAffinity", PREFERRED).objects().forEach(p ->
                wishes.add(pod.key(p.object("podAffinityTerm"), p.at("weight").number(0))));
        affinity.array("podAntiAffinity", PREFERRED).objects().forEach(p ->
                wishes.add(pod.key(p.object("podAffinityTerm"), -p.at("weight").number(0))));
        wishes.removeIf(wish -> wish.weight() == 0);
        return new PodTerms(companions, needed.stream().map(term -> term.text("topologyKey")).toList(), avoided,
                List.copyOf(wishes));
    }

    /** The terms that other pods have to heed once this pod is somewhere. */
    List<Holder.Key> held() {
        if (this == NONE) {
            return List.of();
        }
        var held = new ArrayList<>(avoided);
        held.addAll(wishes);
        for (int i = 0; i < affinity.size(); i++) {
            var one = new PodSelection(List.of(companions.scopes().get(i)), false);
            held.add(new Holder.Key(one, affinity.get(i), HARD_WEIGHT));
        }
        return held;
    }

    /** A selector with the pod's own values of some labels required, or refused; labels that it lacks are left out. */
    static Optional<LabelSelector> selector(JsonObject term, Map<String, String> labels) {
        if (!(term.at("labelSelector") instanceof JsonObject json)) {
            return Optional.empty();
        }
        var own = LabelSelector.from(json).requirements();
        var merged = Stream.of(own.stream(), likeness(term, "matchLabelKeys", Operator.IN, labels),
                likeness(term, "mismatchLabelKeys", Operator.NOT_IN, labels)).flatMap(part -> part).toList();
        return Optional.of(new LabelSelector(merged));
    }

    private static Stream<Requirement> likeness(JsonObject term, String field, Operator operator,
            Map<String, String> labels) {
        return term.array(field).texts().stream().filter(labels::containsKey)
                .map(key -> new Requirement(key, operator, List.of(labels.get(key))));
    }

    /** The pod whose terms are read: they mean its own namespace where they name none. */
    private record Owner(String namespace, Map<String, String> labels) {
        PodSelection.Scope scope(JsonObject term) {
            Optional<LabelSelector> alike = term.at("namespaceSelector") instanceof JsonObject json
                    ? Optional.of(LabelSelector.from(json)) : Optional.empty();
            var names = Set.copyOf(term.array("namespaces").texts());
            return new PodSelection.Scope(names.isEmpty() && alike.isEmpty() ? Set.of(namespace) : names, alike,
                    selector(term, labels));
        }

        Holder.Key key(JsonObject term, long weight) {
            return new Holder.Key(new PodSelection(List.of(scope(term)), false), term.text("topologyKey"), weight);
        }
    }
}
