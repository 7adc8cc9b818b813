package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.admission.expression.Inputs;
import dev.starling.apiserver.cel.Environment;
import dev.starling.apiserver.cel.Expression;
import dev.starling.apiserver.cel.ValueType.Form;
import dev.starling.kube.json.JsonObject;
import java.util.List;
import java.util.Set;

/** One step of a MutatingAdmissionPolicy. Immutable. */
sealed interface Mutation {

    /** Merges the object that an expression builds, as server-side apply would. */
    record Merge(Expression expression) implements Mutation {
    }

    /** Applies the JSON patch that an expression builds. */
    record Patch(Expression expression) implements Mutation {
    }

    Expression expression();

    /** The compiled expressions of a policy. */
    record Program(Scope scope, List<Mutation> steps) {

        static Program of(JsonObject spec) {
            var scope = Scope.of(spec, environment());
            return new Program(scope, spec.array("mutations").objects().stream()
                    .map(json -> Mutation.of(json, scope.environment())).toList());
        }
    }

    /** Where the expressions of such policies are compiled. */
    static Environment environment() {
        return Inputs.environment().building();
    }

    /** Where the expression of a step stands, below the step. */
    static String field(JsonObject step) {
        return step.text("patchType").equals("JSONPatch") ? "jsonPatch" : "applyConfiguration";
    }

    /** Of which form the value of a step must be. */
    static Form form(JsonObject step) {
        return step.text("patchType").equals("JSONPatch") ? Form.LIST : Form.OBJECT;
    }

    private static Mutation of(JsonObject step, Environment environment) {
        var expression = environment.compile(step.object(field(step)).text("expression"), Set.of(form(step)));
        return form(step) == Form.LIST ? new Patch(expression) : new Merge(expression);
    }
}
