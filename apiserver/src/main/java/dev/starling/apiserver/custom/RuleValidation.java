package dev.starling.apiserver.custom;

import dev.starling.apiserver.cel.Budget;
import dev.starling.apiserver.cel.CompilationException;
import dev.starling.apiserver.cel.Expression;
import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.apiserver.schema.Schema;
import dev.starling.apiserver.table.JsonPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Whether the rules in CEL of a schema compile, and cost no more than a request may, however often a value can repeat.
 * Used once.
 */
final class RuleValidation {
    private static final long MOST_OF_ALL = 100_000_000;
    private static final int LONGEST_MESSAGE = 2048;
    private static final OptionalDouble ONCE = OptionalDouble.of(1);
    private static final List<String> REASONS = List.of("FieldValueRequired", "FieldValueForbidden",
            "FieldValueInvalid", "FieldValueDuplicate");

    private final List<FieldError> errors = new ArrayList<>();
    private double total;

    /**
     * A node.
     *
     * @param times how often its parents let it stand in an object; nothing if one of them sets no limit
     * @param correlates whether what it was before can be found
     */
    private record Node(Schema schema, FieldPath path, OptionalDouble times, boolean correlates) {
        Node below(Schema next, FieldPath at, OptionalDouble more, boolean known) {
            var product = times.isEmpty() || more.isEmpty() ? OptionalDouble.empty()
                    : OptionalDouble.of(times.getAsDouble() * more.getAsDouble());
            return new Node(next, at, product, correlates && known);
        }
    }

    List<FieldError> errors(Schema schema, FieldPath path) {
        walk(new Node(schema, path, ONCE, true), true);
        if (total > MOST_OF_ALL) {
            errors.add(FieldError.forbidden(path, "x-kubernetes-validations estimated rule cost total for entire "
                    + "OpenAPIv3 schema exceeds budget by factor of " + factor(total / MOST_OF_ALL)
                    + " (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, "
                    + "maps, and strings are declared)"));
        }
        return errors;
    }

    private void walk(Node node, boolean root) {
        Schema schema = node.schema();
        if (!schema.rules().isEmpty()) {
            rules(node, new RuleCompiler(schema, root));
        }
        schema.properties().forEach((name, next) ->
                walk(node.below(next, node.path().child("properties").key(name), ONCE, true), false));
        schema.items().ifPresent(next -> walk(node.below(next, node.path().child("items"),
                limit(schema, "maxItems"),
                schema.listType().equals("map")), false));
        schema.additional().ifPresent(next -> walk(node.below(next, node.path().child("additionalProperties"),
                limit(schema, "maxProperties"), true), false));
    }

    private static OptionalDouble limit(Schema schema, String name) {
        var limit = schema.limit(name);
        return limit.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Math.max(0, limit.getAsLong()));
    }

    private void rules(Node node, RuleCompiler compiler) {
        List<JsonObject> rules = node.schema().rules();
        for (int i = 0; i < rules.size(); i++) {
            FieldPath path = node.path().child("x-kubernetes-validations").index(i);
            JsonObject written = rules.get(i);
            form(node, written, path);
            if (written.text("rule").isBlank()) {
                errors.add(FieldError.required(path.child("rule"), "rule is not specified"));
            } else {
                compiled(node, written, path, compiler);
            }
        }
    }

    private void form(Node node, JsonObject written, FieldPath path) {
        String message = written.text("message");
        if (written.has("message") && message.isBlank()) {
            errors.add(FieldError.invalid(path.child("message"), message, "message must be non-empty if specified"));
        } else if (message.strip().contains("\n")) {
            errors.add(FieldError.invalid(path.child("message"), message, "message must not contain line breaks"));
        } else if (message.isEmpty() && written.text("rule").strip().contains("\n")
                && !written.has("messageExpression")) {
            errors.add(FieldError.required(path.child("message"),
                    "message must be specified if rule contains line breaks"));
        } else if (message.length() > LONGEST_MESSAGE) {
            errors.add(FieldError.tooLong(path.child("message"), LONGEST_MESSAGE));
        }
        if (written.has("reason") && !REASONS.contains(written.text("reason"))) {
            errors.add(FieldError.notSupported(path.child("reason"), written.at("reason"), REASONS));
        }
        if (written.has("fieldPath")) {
            fieldPath(node.schema(), written.text("fieldPath"), path.child("fieldPath"));
        }
    }

    private void fieldPath(Schema schema, String text, FieldPath path) {
        try {
            Optional<Schema> here = Optional.of(schema);
            for (String name : JsonPath.parse(text).fields()) {
                here = here.flatMap(node -> node.property(name).or(node::additional));
            }
            if (here.isEmpty()) {
                errors.add(FieldError.invalid(path, text, "fieldPath must be a valid path: it refers to no field"));
            }
        } catch (IllegalArgumentException e) {
            errors.add(FieldError.invalid(path, text, "fieldPath must be a valid path: " + e.getMessage()));
        }
    }

    private void compiled(Node node, JsonObject written, FieldPath path, RuleCompiler compiler) {
        try {
            Expression rule = compiler.expression(written);
            cost(rule, times(node, compiler), path.child("rule"), "estimated rule cost");
            if (rule.uses("oldSelf") && !node.correlates()) {
                errors.add(FieldError.invalid(path.child("rule"), rule.text(),
                        "oldSelf cannot be used on the uncorrelatable portion of the schema within " + node.path()));
            }
        } catch (CompilationException e) {
            errors.add(FieldError.invalid(path.child("rule"), written.text("rule"), e.getMessage()));
        }
        if (written.text("messageExpression").isEmpty()) {
            return;
        }
        try {
            cost(compiler.message(written), times(node, compiler), path.child("messageExpression"),
                    "estimated messageExpression cost");
        } catch (CompilationException e) {
            errors.add(FieldError.invalid(path.child("messageExpression"), written.text("messageExpression"),
                    e.getMessage()));
        }
    }

    /** Without a limit a value stands there as often as it fits into a request. */
    private static double times(Node node, RuleCompiler compiler) {
        return node.times().orElse(compiler.most());
    }

    private void cost(Expression expression, double times, FieldPath path, String what) {
        double cost = expression.estimatedCost() * times;
        total += cost;
        if (cost > Budget.ONE_OBJECT) {
            errors.add(FieldError.forbidden(path, what + " exceeds budget by factor of "
                    + factor(cost / Budget.ONE_OBJECT) + " (try simplifying the rule, or adding maxItems, "
                    + "maxProperties, and maxLength where arrays, maps, and strings are declared)"));
        }
    }

    private static String factor(double factor) {
        return factor > 100 ? "more than 100x" : String.format(Locale.ROOT, "%.1fx", factor);
    }

    /** Whether a schema has rules at all, so that the library need not be loaded for others. */
    static boolean concerns(Json schema) {
        return switch (schema) {
            case JsonObject object -> object.has("x-kubernetes-validations")
                    || object.names().stream().anyMatch(name -> concerns(object.at(name)));
            case JsonArray array -> array.stream().anyMatch(RuleValidation::concerns);
            case Json plain -> false;
        };
    }
}
