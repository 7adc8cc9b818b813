package dev.starling.apiserver.custom;

import dev.starling.apiserver.cel.Budget;
import dev.starling.apiserver.cel.EvaluationException;
import dev.starling.apiserver.cel.Expression;
import dev.starling.apiserver.cel.Variables;
import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.apiserver.schema.ListCorrelation;
import dev.starling.apiserver.schema.Schema;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The rules in CEL of a node of a schema, compiled, and those of the nodes below it. Immutable and thread-safe. */
final class RuleTree {
    private final Schema schema;
    private final List<Rule> rules;
    private final Map<String, RuleTree> properties;
    private final Optional<RuleTree> each;

    private RuleTree(Schema schema, List<Rule> rules, Map<String, RuleTree> properties, Optional<RuleTree> each) {
        this.schema = schema;
        this.rules = List.copyOf(rules);
        this.properties = Map.copyOf(properties);
        this.each = each;
    }

    /** One rule. */
    record Rule(JsonObject written, Expression expression, Optional<Expression> message) {

        /** Whether it judges a change, so that there is nothing to judge at a creation. */
        boolean judgesChanges() {
            return expression.uses("oldSelf") && !written.flag("optionalOldSelf");
        }
    }

    /**
     * The rules of a schema; nothing if it has none.
     *
     * @throws dev.starling.apiserver.cel.CompilationException if one cannot be compiled
     */
    static Optional<RuleTree> of(Schema schema) {
        return of(schema, true);
    }

    private static Optional<RuleTree> of(Schema schema, boolean root) {
        Map<String, RuleTree> properties = new LinkedHashMap<>();
        schema.properties().forEach((name, node) -> of(node, false).ifPresent(tree -> properties.put(name, tree)));
        var each = schema.items().or(schema::additional).flatMap(node -> of(node, false));
        List<Rule> rules = schema.rules().isEmpty() ? List.of() : new RuleCompiler(schema, root).rules();
        return rules.isEmpty() && properties.isEmpty() && each.isEmpty() ? Optional.empty()
                : Optional.of(new RuleTree(schema, rules, properties, each));
    }

    /** A value, the one that it replaces, and its path. */
    private record Place(Json value, Optional<Json> before, FieldPath path) {
    }

    /** What the rules say against an object; of a changed one only what has changed is judged. */
    List<FieldError> errors(JsonObject object, Optional<JsonObject> before) {
        List<FieldError> errors = new ArrayList<>();
        var budget = new Budget(Budget.ONE_OBJECT);
        try {
            check(new Place(object, before.map(Json.class::cast), FieldPath.ROOT), budget, errors);
        } catch (EvaluationException e) {
            errors.add(FieldError.invalid(FieldPath.ROOT, "",
                    "validation failed due to running out of cost budget, no further validation rules will be run"));
        }
        return errors;
    }

    private void check(Place place, Budget budget, List<FieldError> errors) {
        boolean same = place.before().filter(place.value()::equals).isPresent();
        if (same || place.value().isNull()) {
            return;
        }
        for (Rule rule : rules) {
            if (!rule.judgesChanges() || place.before().isPresent()) {
                judge(rule, place, budget).ifPresent(errors::add);
            }
        }
        switch (place.value()) {
            case JsonObject object -> object(object, place, budget, errors);
            case JsonArray array -> array(array, place, budget, errors);
            case Json scalar -> { }
        }
    }

    private void object(JsonObject object, Place place, Budget budget, List<FieldError> errors) {
        object.forEach((name, value) -> Optional.ofNullable(properties.get(name))
                .or(() -> schema.property(name).isPresent() ? Optional.empty() : each)
                .ifPresent(tree -> tree.check(new Place(value,
                        place.before().flatMap(before -> before.object().find(name)),
                        schema.property(name).isPresent() ? place.path().child(name) : place.path().key(name)),
                        budget, errors)));
    }

    private void array(JsonArray array, Place place, Budget budget, List<FieldError> errors) {
        if (each.isEmpty()) {
            return;
        }
        var correlation = new ListCorrelation(schema, place.before().map(Json::array));
        for (int i = 0; i < array.size(); i++) {
            each.get().check(new Place(array.at(i), correlation.before(array.at(i)), place.path().index(i)), budget,
                    errors);
        }
    }

    private Optional<FieldError> judge(Rule rule, Place place, Budget budget) {
        Variables values = Variables.of(Map.of("self", place.value(),
                "oldSelf", place.before().orElse(JsonNull.NULL)));
        try {
            return rule.expression().test(values, budget) ? Optional.empty()
                    : Optional.of(error(rule, place, message(rule, values, budget)));
        } catch (EvaluationException e) {
            if (e.overBudget() && budget.left() <= 0) {
                throw e;
            }
            return Optional.of(error(rule, place, e.getMessage() + " evaluating rule: " + shown(rule)));
        }
    }

    private static String shown(Rule rule) {
        String message = rule.written().text("message").strip();
        return message.isEmpty() ? rule.written().text("rule").strip() : message;
    }

    private static String message(Rule rule, Variables values, Budget budget) {
        String fixed = rule.written().text("message").strip();
        String otherwise = fixed.isEmpty() ? "failed rule: " + rule.written().text("rule").strip() : fixed;
        if (rule.message().isEmpty()) {
            return otherwise;
        }
        try {
            String text = rule.message().get().text(values, budget).strip();
            return text.isEmpty() || text.contains("\n") ? otherwise : text;
        } catch (EvaluationException e) {
            return otherwise;
        }
    }

    private FieldError error(Rule rule, Place place, String message) {
        String below = rule.written().text("fieldPath");
        FieldPath path = below.isEmpty() ? place.path() : place.path().child(below.startsWith(".")
                ? below.substring(1) : below);
        String shown = schema.type().name().toLowerCase(Locale.ROOT);
        return switch (rule.written().text("reason")) {
            case "FieldValueForbidden" -> FieldError.forbidden(path, message);
            case "FieldValueRequired" -> FieldError.required(path, message);
            case "FieldValueDuplicate" -> FieldError.duplicate(path, Json.of(shown));
            default -> FieldError.invalid(path, shown, message);
        };
    }
}
