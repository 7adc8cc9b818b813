package dev.starling.apiserver.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelErrorCode;
import dev.cel.common.ast.CelExpr;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A compiled expression. Immutable and thread-safe. */
public final class Expression {
    private final Compiled compiled;
    private final Map<String, ValueType> variables;

    Expression(Compiled compiled, Map<String, ValueType> variables) {
        this.compiled = compiled;
        this.variables = variables;
    }

    /** What the library made of a text. */
    record Compiled(String text, CelAbstractSyntaxTree tree, CelRuntime.Program program) {
    }

    /** No error that an expression could catch by another branch: it ends the evaluation. */
    private static final class OverBudget extends Error {
        private static final long serialVersionUID = 1;

        OverBudget() {
            super("over budget", null, false, false);
        }
    }

    /** The text that was compiled. */
    public String text() {
        return compiled.text();
    }

    /** The type of its value, for a variable that shall hold it. */
    public ValueType type() {
        return CelTypes.value(compiled.tree().getResultType());
    }

    /** Whether it names a variable. */
    public boolean uses(String variable) {
        return compiled.tree().getReferenceMap().values().stream()
                .anyMatch(reference -> reference.name().equals(variable));
    }

    /** What it costs at most for the largest values that the types of its variables allow. */
    public long estimatedCost() {
        return new CostEstimate(compiled.tree(), variables).cost();
    }

    /** @throws EvaluationException if it has no value or costs too much, or the value is no boolean */
    public boolean test(Variables values, Budget budget) {
        Json value = evaluate(values, budget);
        if (value instanceof JsonBoolean flag) {
            return flag.flag();
        }
        throw new EvaluationException("expected a boolean, but got " + value, false);
    }

    /** @throws EvaluationException if it has no value or costs too much, or the value is no text */
    public String text(Variables values, Budget budget) {
        Json value = evaluate(values, budget);
        if (value instanceof JsonString(var text)) {
            return text;
        }
        throw new EvaluationException("expected a string, but got " + value, false);
    }

    /**
     * Its value, as JSON.
     *
     * @throws EvaluationException if it has no value, or costs more than a call may or the budget has
     */
    public Json evaluate(Variables values, Budget budget) {
        return Values.json(value(values, budget));
    }

    /**
     * The object that it builds.
     *
     * @throws EvaluationException if it has no value or costs too much, or the value was not built as an object
     */
    public JsonObject object(Variables values, Budget budget) {
        return Construction.object(value(values, budget));
    }

    /**
     * The operations of the JSON patch that it builds.
     *
     * @throws EvaluationException if it has no value or costs too much, or the value is no list of operations
     */
    public JsonArray operations(Variables values, Budget budget) {
        return Construction.operations(value(values, budget));
    }

    /**
     * Its value as it is, for a variable of other expressions.
     *
     * @throws EvaluationException if it has no value, or costs more than a call may or the budget has
     */
    public Object value(Variables values, Budget budget) {
        var meter = new Meter(Math.min(Budget.ONE_CALL, budget.left()));
        try {
            return compiled.program().trace(name -> found(name, values), meter::passed);
        } catch (CelEvaluationException e) {
            throw new EvaluationException(message(e), false);
        } catch (OverBudget | StackOverflowError e) {
            throw new EvaluationException("operation cancelled: actual cost limit exceeded", true);
        } finally {
            budget.spend(meter.spent);
        }
    }

    /** What the language calls the type of a value: {@code int}, {@code list}, {@code null_type}. */
    public static String typeName(Object value) {
        return Values.typeName(value);
    }

    private static String message(CelEvaluationException e) {
        String message = String.valueOf(e.getMessage());
        int colon = message.startsWith("evaluation error") ? message.indexOf(": ") : -1;
        String why = colon < 0 ? message : message.substring(colon + 2);
        if (e.getErrorCode() != CelErrorCode.ATTRIBUTE_NOT_FOUND) {
            return why;
        }
        int quote = why.indexOf('\'');
        int end = Math.max(quote + 1, why.lastIndexOf('\''));
        return "no such key: " + (quote < 0 ? why : why.substring(quote + 1, end));
    }

    private Optional<Object> found(String name, Variables values) {
        return values.find(name).map(value -> value instanceof Json json
                ? Values.of(variables.getOrDefault(name, ValueType.DYN), json) : value);
    }

    /** Counts what an evaluation costs. */
    private static final class Meter {
        private final long limit;
        private final Map<Long, Object> results = new HashMap<>();
        private long spent;

        Meter(long limit) {
            this.limit = limit;
        }

        void passed(CelExpr node, Object value) {
            spent++;
            switch (node.exprKind().getKind()) {
                case CALL -> spent += Costs.ofCall(node.call(), argument ->
                        Values.size(results.getOrDefault(argument.id(), "")));
                case LIST -> spent += Costs.NEW_LIST;
                case MAP, STRUCT -> spent += Costs.NEW_MAP;
                default -> { }
            }
            results.put(node.id(), value);
            if (spent > limit) {
                throw new OverBudget();
            }
        }
    }
}
