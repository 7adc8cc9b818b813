package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.admission.expression.Inputs;
import dev.starling.apiserver.cel.Budget;
import dev.starling.apiserver.cel.EvaluationException;
import dev.starling.apiserver.cel.Expression;
import dev.starling.apiserver.cel.ValueType;
import dev.starling.apiserver.cel.Variables;
import dev.starling.kube.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The compiled expressions of a policy that judges. Immutable. */
record Program(Scope scope, List<Validation> validations, Map<String, Expression> annotations) {
    private static final Set<ValueType.Form> TEXT = Set.of(ValueType.Form.STRING);

    /**
     * One rule.
     *
     * @param message what it says where its expression for a message has nothing to say
     */
    record Validation(Expression rule, Optional<Expression> spoken, String message, String reason) {
    }

    static Program of(JsonObject spec) {
        var scope = Scope.of(spec, Inputs.environment());
        var all = scope.environment();
        var validations = spec.array("validations").objects().stream().map(json -> new Validation(
                all.compile(json.text("expression"), Set.of(ValueType.Form.BOOL)),
                Optional.of(json.text("messageExpression")).filter(text -> !text.isEmpty())
                        .map(text -> all.compile(text, TEXT)),
                json.text("message"), json.text("reason").isEmpty() ? "Invalid" : json.text("reason"))).toList();
        Map<String, Expression> annotations = new LinkedHashMap<>();
        spec.array("auditAnnotations").objects().forEach(json -> annotations.put(json.text("key"),
                all.compile(json.text("valueExpression"), Set.of(ValueType.Form.STRING, ValueType.Form.DYN))));
        return new Program(scope, validations, annotations);
    }

    /** What a rule that does not hold says. */
    static String message(Validation validation, Variables values, Budget budget) {
        String spoken = validation.spoken().map(expression -> spoken(expression, values, budget)).orElse("");
        String given = validation.message().strip();
        return !spoken.isEmpty() ? spoken : !given.isEmpty() ? given
                : "failed expression: " + validation.rule().text().strip();
    }

    /** Nothing that is no single line of sensible length, as in Kubernetes. */
    private static String spoken(Expression expression, Variables values, Budget budget) {
        try {
            String text = expression.text(values, budget).strip();
            return text.contains("\n") || text.length() > LONGEST_MESSAGE ? "" : text;
        } catch (EvaluationException e) {
            return "";
        }
    }

    private static final int LONGEST_MESSAGE = 5 * 1024;
}
