package dev.starling.control.scheduler;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.LabelSelector;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a pod wants of its node's labels and name: {@code nodeSelector} and {@code nodeAffinity}. Immutable. */
final class NodeAffinity {
    private static final String NAME = "metadata.name";

    /** A term without any requirement, or with one that nobody can read, matches no node. */
    private record Term(Optional<LabelSelector> labels, Optional<LabelSelector> fields) {
        static Term from(JsonObject json) {
            var expressions = json.array("matchExpressions");
            var fields = json.array("matchFields");
            return expressions.isEmpty() && fields.isEmpty() ? new Term(Optional.empty(), Optional.empty())
                    : new Term(selector(expressions), selector(fields));
        }

        private static Optional<LabelSelector> selector(JsonArray requirements) {
            try {
                return Optional.of(LabelSelector.from(JsonObject.of("matchExpressions", requirements)));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        boolean matches(NodeFacts node) {
            return labels.isPresent() && fields.isPresent() && labels.get().matches(node.labels())
                    && (fields.get().isAll() || fields.get().matches(Map.of(NAME, node.name())));
        }

        Optional<Set<String>> names() {
            return fields.stream().flatMap(selector -> selector.requirements().stream())
                    .filter(r -> r.key().equals(NAME) && r.operator() == LabelSelector.Operator.IN)
                    .map(r -> Set.copyOf(r.values())).findFirst();
        }
    }

    private record Preference(long weight, Term term) {
    }

    private final LabelSelector selector;
    private final Optional<List<Term>> required;
    private final List<Preference> preferences;

    /** @param affinity the field {@code nodeAffinity}, or the empty object */
    NodeAffinity(JsonObject nodeSelector, JsonObject affinity) {
        this.selector = LabelSelector.of(nodeSelector.texts());
        this.required = affinity.find("requiredDuringSchedulingIgnoredDuringExecution").filter(r -> !r.isNull())
                .map(r -> r.object().array("nodeSelectorTerms").objects().stream().map(Term::from).toList());
        this.preferences = affinity.array("preferredDuringSchedulingIgnoredDuringExecution").objects().stream()
                .map(p -> new Preference(p.at("weight").number(0), Term.from(p.object("preference")))).toList();
    }

    /** Whether a node has all that is required. */
    boolean allows(NodeFacts node) {
        if (!selector.matches(node.labels())) {
            return false;
        }
        if (required.isEmpty()) {
            return true;
        }
        for (var term : required.get()) {
            if (term.matches(node)) {
                return true;
            }
        }
        return false;
    }

    /** The sum of the weights of the preferences that a node meets. */
    long preference(NodeFacts node) {
        long sum = 0;
        for (var preferred : preferences) {
            sum += preferred.term().matches(node) ? preferred.weight() : 0;
        }
        return sum;
    }

    /** The names of the only nodes that come into question, where names are required. */
    Optional<Set<String>> names() {
        if (required.isEmpty()) {
            return Optional.empty();
        }
        var names = new HashSet<String>();
        for (var term : required.get()) {
            var own = term.names();
            if (own.isEmpty()) {
                return Optional.empty();
            }
            names.addAll(own.get());
        }
        return Optional.of(names);
    }
}
