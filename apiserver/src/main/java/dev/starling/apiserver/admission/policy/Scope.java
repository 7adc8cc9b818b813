package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.admission.expression.Inputs;
import dev.starling.apiserver.cel.Budget;
import dev.starling.apiserver.cel.Environment;
import dev.starling.apiserver.cel.Expression;
import dev.starling.apiserver.cel.Variables;
import dev.starling.kube.json.JsonObject;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The variables that a policy names for its expressions. Immutable.
 *
 * @param environment in which the expressions are compiled that may use them
 */
record Scope(Map<String, Expression> variables, Environment environment) {
    private static final String PREFIX = "variables.";

    /** @throws dev.starling.apiserver.cel.CompilationException if a variable is wrong */
    static Scope of(JsonObject spec, Environment declared) {
        Map<String, Expression> variables = new LinkedHashMap<>();
        Environment environment = declared;
        for (var variable : spec.array("variables").objects()) {
            var expression = environment.compile(variable.text("expression"), Set.of());
            variables.put(PREFIX + variable.text("name"), expression);
            environment = environment.with(PREFIX + variable.text("name"), expression.type());
        }
        return new Scope(variables, environment);
    }

    /** The values for one evaluation: variables are reckoned when they are first named. */
    Variables values(Inputs inputs, Budget budget) {
        return new Lazy(inputs, budget, variables, new HashMap<>());
    }

    private record Lazy(Inputs inputs, Budget budget, Map<String, Expression> variables, Map<String, Object> known)
            implements Variables {

        @Override
        public Optional<Object> find(String name) {
            if (!name.startsWith(PREFIX)) {
                return inputs.find(name);
            }
            var given = Optional.ofNullable(known.get(name));
            return given.isPresent() ? given : Optional.ofNullable(variables.get(name)).map(expression -> {
                var value = expression.value(this, budget);
                known.put(name, value);
                return value;
            });
        }
    }
}
