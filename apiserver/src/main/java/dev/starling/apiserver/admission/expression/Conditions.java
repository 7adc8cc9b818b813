package dev.starling.apiserver.admission.expression;

import dev.starling.apiserver.cel.Budget;
import dev.starling.apiserver.cel.CompilationException;
import dev.starling.apiserver.cel.EvaluationException;
import dev.starling.apiserver.cel.Expression;
import dev.starling.apiserver.cel.ValueType;
import dev.starling.kube.json.JsonArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The {@code matchConditions} of a webhook or a policy. They are compiled when they are first asked. Thread-safe. */
public final class Conditions {
    private final JsonArray json;
    private volatile List<Expression> compiled = List.of();

    public Conditions(JsonArray json) {
        this.json = json;
    }

    /** What they say about a write. */
    public sealed interface Verdict {

        record Holds() implements Verdict {
        }

        record Fails() implements Verdict {
        }

        /** None fails, but not all have a value. */
        record Broken(String why) implements Verdict {
        }
    }

    public Verdict judge(Inputs inputs) {
        if (json.isEmpty()) {
            return new Verdict.Holds();
        }
        var budget = new Budget(Budget.ONE_OBJECT);
        var errors = new ArrayList<String>();
        try {
            for (var expression : expressions()) {
                if (!holds(expression, inputs, budget, errors)) {
                    return new Verdict.Fails();
                }
            }
        } catch (CompilationException e) {
            errors.add(e.getMessage());
        }
        return errors.isEmpty() ? new Verdict.Holds() : new Verdict.Broken(errors.size() == 1 ? errors.getFirst()
                : "[" + String.join(", ", errors) + "]");
    }

    private static boolean holds(Expression expression, Inputs inputs, Budget budget, List<String> errors) {
        try {
            return expression.test(inputs, budget);
        } catch (EvaluationException e) {
            errors.add("expression '" + expression.text() + "' resulted in error: " + e.getMessage());
            return true;
        }
    }

    private List<Expression> expressions() {
        var known = compiled;
        if (known.isEmpty()) {
            known = json.objects().stream().map(each -> Inputs.environment().compile(each.text("expression"),
                    Set.of(ValueType.Form.BOOL))).toList();
            compiled = known;
        }
        return known;
    }
}
