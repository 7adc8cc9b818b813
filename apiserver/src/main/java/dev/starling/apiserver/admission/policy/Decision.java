package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.admission.expression.Conditions;
import dev.starling.apiserver.admission.expression.Inputs;
import dev.starling.apiserver.cel.Budget;
import dev.starling.apiserver.cel.CompilationException;
import dev.starling.apiserver.cel.EvaluationException;
import dev.starling.kube.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

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

    /**
     * What a policy has against a write with some parameters; nothing if it is right.
     *
     * @param notes gets its annotations for the audit log
     */
    static List<Decision> of(Policy policy, Inputs inputs, BiConsumer<String, String> notes) {
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

    /** An annotation that has no value denies the write as well. */
    private static void judge(Program program, Inputs inputs, List<Decision> denials,
            BiConsumer<String, String> notes) {
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
        program.annotations().forEach((key, expression) -> {
            try {
                if (expression.evaluate(values, budget) instanceof JsonString(var text)) {
                    notes.accept(key, text);
                }
            } catch (EvaluationException e) {
                denials.add(failure("expression '" + expression.text() + "' resulted in error: " + e.getMessage()));
            }
        });
    }
}
