package dev.starling.apiserver.custom;

import dev.starling.apiserver.cel.CompilationException;
import dev.starling.apiserver.cel.Environment;
import dev.starling.apiserver.cel.Expression;
import dev.starling.apiserver.cel.ValueType;
import dev.starling.apiserver.schema.Schema;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compiles the rules of one node of a schema. Used by one thread. */
final class RuleCompiler {
    private final Schema schema;
    private final ValueType type;
    private Optional<Environment> plain = Optional.empty();
    private Optional<Environment> lenient = Optional.empty();

    RuleCompiler(Schema schema, boolean root) {
        this.schema = schema;
        this.type = ValueType.of(schema, "selfType", root);
    }

    /** How often a value of this node fits into a request. */
    long most() {
        return type.most();
    }

    List<RuleTree.Rule> rules() {
        List<RuleTree.Rule> rules = new ArrayList<>();
        schema.rules().forEach(written -> rules.add(rule(written)));
        return rules;
    }

    private RuleTree.Rule rule(JsonObject written) {
        String message = written.text("messageExpression");
        return new RuleTree.Rule(written, expression(written),
                message.isEmpty() ? Optional.empty() : Optional.of(message(written)));
    }

    /** @throws CompilationException if the rule is wrong */
    Expression expression(JsonObject written) {
        return environment(written).compile(written.text("rule"), Set.of(ValueType.Form.BOOL));
    }

    /** @throws CompilationException if the expression of the message is wrong */
    Expression message(JsonObject written) {
        return environment(written).compile(written.text("messageExpression"), Set.of(ValueType.Form.STRING));
    }

    private Environment environment(JsonObject written) {
        if (written.flag("optionalOldSelf")) {
            lenient = lenient.or(() -> Optional.of(Environment.of(
                    Map.of("self", type, "oldSelf", ValueType.optional(type)))));
            return lenient.orElseThrow();
        }
        plain = plain.or(() -> Optional.of(Environment.of(Map.of("self", type, "oldSelf", type))));
        return plain.orElseThrow();
    }
}
