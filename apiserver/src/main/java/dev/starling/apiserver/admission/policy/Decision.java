package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.admission.expression.Conditions;
import dev.starling.apiserver.admission.expression.Inputs;
import dev.starling.apiserver.cel.Budget;
import dev.starling.apiserver.cel.CompilationException;
import dev.starling.apiserver.cel.EvaluationException;
import dev.starling.apiserver.cel.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Why a policy denies a write.
 *
 * @param rule which of its validations says so; -1 for none
 * @param failed whether it could not be judged, rather than was found wrong
 */
record Decision(String message, String reason, int rule, boolean failed) {
    private static final String INVALID = "Invalid";

    static Decision failure(String message) {
        return new Decision(message, INVALID, -1, true);
    }

    /**
     * What a policy has against a write with some parameters; nothing if it is right.
     *
     * @param notes takes what the policy wants to be told in the audit log, by its own names
     */
    static List<Decision> of(Policy<Program> policy, Inputs inputs, BiConsumer<String, String> notes) {
        var denials = new ArrayList<Decision>();
        try {
            var program = policy.program();
            switch (policy.conditions().judge(inputs)) {
                case Conditions.Verdict.Holds() -> judge(program, inputs, denials, notes);
                case Conditions.Verdict.Fails() -> { }
                case Conditions.Verdict.Broken(String why) -> denials.add(failure(why));
            }
        } catch (CompilationException e) {
            denials.add(failure(e.getMessage()));
        }
        return policy.ignoresFailure() ? denials.stream().filter(denial -> !denial.failed()).toList() : denials;
    }

    private static void judge(Program program, Inputs inputs, List<Decision> denials,
            BiConsumer<String, String> notes) {
        var budget = new Budget(Budget.ONE_OBJECT);
        var values = program.scope().values(inputs, budget);
        for (int i = 0; i < program.validations().size(); i++) {
            var validation = program.validations().get(i);
            try {
                if (!validation.rule().test(values, budget)) {
                    denials.add(new Decision(Program.message(validation, values, budget), validation.reason(), i,
                            false));
                }
            } catch (EvaluationException e) {
                denials.add(failed(validation.rule(), e));
            }
        }
        program.annotations().forEach((name, expression) -> {
            try {
                var value = expression.value(values, budget);
                String type = Expression.typeName(value);
                if (value instanceof String text && !text.isBlank()) {
                    notes.accept(name, text.strip());
                } else if (!type.equals("string") && !type.equals("null_type")) {
                    denials.add(failure("valueExpression '" + expression.text() + "' resulted in unsupported return "
                            + "type: " + type + ". Return type must be either string or null"));
                }
            } catch (EvaluationException e) {
                denials.add(failed(expression, e));
            }
        });
    }

    /** An annotation that has no value denies the write as well. */
    private static Decision failed(Expression expression, EvaluationException e) {
        return failure("expression '" + expression.text() + "' resulted in error: " + e.getMessage());
    }
}
