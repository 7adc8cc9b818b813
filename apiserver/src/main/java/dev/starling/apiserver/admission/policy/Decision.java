package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.admission.expression.Conditions;
import dev.starling.apiserver.admission.expression.Inputs;
import dev.starling.apiserver.cel.Budget;
import dev.starling.apiserver.cel.CompilationException;
import dev.starling.apiserver.cel.EvaluationException;
import dev.starling.apiserver.cel.Expression;
import dev.starling.apiserver.cel.Variables;
import java.util.ArrayList;
import java.util.List;

/**
 * Why a policy denies a write.
 *
 * @param failed whether it could not be judged, rather than was found wrong
 */
record Decision(String message, String reason, boolean failed) {
    private static final String INVALID = "Invalid";

    static Decision failure(String message) {
        return new Decision(message, INVALID, true);
    }

    /** What a policy has against a write with some parameters; nothing if it is right. */
    static List<Decision> of(Policy policy, Inputs inputs) {
        var denials = new ArrayList<Decision>();
        try {
            var program = policy.program();
            switch (policy.conditions().judge(inputs)) {
                case Conditions.Verdict.Holds() -> judge(program, inputs, denials);
                case Conditions.Verdict.Fails() -> { }
                case Conditions.Verdict.Broken(String why) -> denials.add(failure(why));
            }
        } catch (CompilationException e) {
            denials.add(failure(e.getMessage()));
        }
        return policy.ignoresFailure() ? denials.stream().filter(denial -> !denial.failed()).toList() : denials;
    }

    private static void judge(Program program, Inputs inputs, List<Decision> denials) {
        var budget = new Budget(Budget.ONE_OBJECT);
        var values = program.values(inputs, budget);
        for (var validation : program.validations()) {
            try {
                if (!validation.rule().test(values, budget)) {
                    denials.add(new Decision(Program.message(validation, values, budget), validation.reason(), false));
                }
            } catch (EvaluationException e) {
                denials.add(failure("expression '" + validation.rule().text() + "' resulted in error: "
                        + e.getMessage()));
            }
        }
        program.annotations().forEach(expression -> checkAnnotation(expression, values, budget, denials));
    }

    /** An annotation that has no value denies the write as well. */
    private static void checkAnnotation(Expression expression, Variables values,
            Budget budget, List<Decision> denials) {
        try {
            expression.evaluate(values, budget);
        } catch (EvaluationException e) {
            denials.add(failure("expression '" + expression.text() + "' resulted in error: " + e.getMessage()));
        }
    }
}
