package dev.starling.kube.object;

import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A selector over labels: every requirement must hold. {@link #ALL} matches everything; a {@code nil} selector of the
 * API, which matches nothing, is an absent {@code LabelSelector}.
 */
public record LabelSelector(List<Requirement> requirements) {
    public static final LabelSelector ALL = new LabelSelector(List.of());

    public LabelSelector {
        requirements = List.copyOf(requirements);
    }

    /** How a requirement compares; the texts are those of {@code matchExpressions}. */
    public enum Operator {
        IN("In"), NOT_IN("NotIn"), EXISTS("Exists"), DOES_NOT_EXIST("DoesNotExist"), GREATER("Gt"), LESS("Lt");

        private final String text;

        Operator(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }

        /** Nothing for a text that names no operator. */
        public static Optional<Operator> named(String text) {
            for (var operator : values()) {
                if (operator.text.equals(text)) {
                    return Optional.of(operator);
                }
            }
            return Optional.empty();
        }
    }

    /** One comparison of one label. */
    public record Requirement(String key, Operator operator, List<String> values) {
        public Requirement {
            values = List.copyOf(values);
        }

        /** {@code NotIn} and {@code DoesNotExist} hold where the label is absent; the others need it. */
        public boolean matches(Map<String, String> labels) {
            var value = Optional.ofNullable(labels.get(key));
            return switch (operator) {
                case IN -> value.isPresent() && values.contains(value.get());
                case NOT_IN -> value.isEmpty() || !values.contains(value.get());
                case EXISTS -> value.isPresent();
                case DOES_NOT_EXIST -> value.isEmpty();
                case GREATER -> value.isPresent() && compare(value.get()) > 0;
                case LESS -> value.isPresent() && compare(value.get()) < 0;
            };
        }

        private int compare(String value) {
            try {
                return Long.compare(Long.parseLong(value), Long.parseLong(values.getFirst()));
            } catch (NumberFormatException e) {
                return 0;
            }
        }
    }

    /** A selector of exact labels, as a Service or a node selector has. */
    public static LabelSelector of(Map<String, String> labels) {
        return new LabelSelector(labels.entrySet().stream()
                .map(label -> new Requirement(label.getKey(), Operator.IN, List.of(label.getValue()))).toList());
    }

    /**
     * A {@code metav1.LabelSelector}: {@code matchLabels} and {@code matchExpressions}.
     *
     * @throws IllegalArgumentException if an operator is unknown
     */
    public static LabelSelector from(JsonObject json) {
        var requirements = new ArrayList<>(of(json.object("matchLabels").texts()).requirements);
        for (var expression : json.array("matchExpressions").objects()) {
            String text = expression.text("operator");
            var operator = Operator.named(text).orElseThrow(() -> new IllegalArgumentException(
                    "\"" + text + "\" is not a valid label selector operator"));
            requirements.add(new Requirement(expression.text("key"), operator, expression.array("values").texts()));
        }
        return new LabelSelector(requirements);
    }

    /**
     * Reads the text form: {@code a=b,c in (x,y),!d,e!=f}.
     *
     * @throws IllegalArgumentException with Kubernetes' wording if it cannot be understood
     */
    public static LabelSelector parse(String text) {
        return text.isBlank() ? ALL : new LabelSelector(LabelSelectorParser.parse(text));
    }

    public boolean matches(Map<String, String> labels) {
        for (var requirement : requirements) {
            if (!requirement.matches(labels)) {
                return false;
            }
        }
        return true;
    }

    public boolean isAll() {
        return requirements.isEmpty();
    }

    /** As a {@code labelSelector} query parameter spells it: {@code app=web,tier in (a,b),!legacy}. */
    @Override
    public String toString() {
        var parts = new ArrayList<String>();
        for (var r : requirements) {
            String values = String.join(",", r.values());
            parts.add(switch (r.operator()) {
                case IN -> r.values().size() == 1 ? r.key() + "=" + values : r.key() + " in (" + values + ")";
                case NOT_IN -> r.values().size() == 1 ? r.key() + "!=" + values : r.key() + " notin (" + values + ")";
                case EXISTS -> r.key();
                case DOES_NOT_EXIST -> "!" + r.key();
                case GREATER -> r.key() + ">" + values;
                case LESS -> r.key() + "<" + values;
            });
        }
        return String.join(",", parts);
    }
}
