package dev.starling.apiserver.schema;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Checks a tree against a structural schema, worded as upstream does for custom kinds. Of a changed object only what
 * has changed is checked: a value that is equal to the one that it replaces is never refused, because the schema may
 * have become stricter since. One validation reads one tree, on one thread.
 */
final class StructuralValidation {
    /** More errors help nobody. */
    private static final int MOST_ERRORS = 100;
    /** Where upstream's errors of alternatives stand: it gives them no path. */
    private static final String NOWHERE = "<nil>";

    private final List<FieldError> errors = new ArrayList<>();

    /** A value, the one that it replaces, and its path. */
    record Place(Json value, Optional<Json> before, FieldPath path) {
    }

    static List<FieldError> all(Schema schema, Json value) {
        return run(schema, new Place(value, Optional.empty(), FieldPath.ROOT));
    }

    /** What is wrong with what has changed. */
    static List<FieldError> changed(Schema schema, Json before, Json after) {
        return run(schema, new Place(after, Optional.of(before), FieldPath.ROOT));
    }

    static List<FieldError> run(Schema schema, Place place) {
        var validation = new StructuralValidation();
        validation.check(schema, place);
        return List.copyOf(validation.errors);
    }

    private void check(Schema schema, Place place) {
        Json value = place.value();
        boolean same = place.before().filter(value::equals).isPresent();
        if (same || errors.size() >= MOST_ERRORS || value.isNull() && schema.nullable()) {
            return;
        }
        if (!ValueLimits.isOfType(schema, value)) {
            errors.add(ValueLimits.wrongType(schema, value, place.path()));
            return;
        }
        ValueLimits.check(schema, value, place.path(), errors);
        switch (value) {
            case JsonObject object -> object(schema, object, place);
            case JsonArray array -> array(schema, array, place);
            case Json scalar -> { }
        }
        if (!schema.alternatives().isEmpty()) {
            alternatives(schema, place);
        }
    }

    private void object(Schema schema, JsonObject object, Place place) {
        schema.required().stream().filter(name -> !object.has(name))
                .forEach(name -> errors.add(FieldError.required(place.path().child(name), "")));
        if (schema.embedsObject()) {
            List.of("apiVersion", "kind").stream().filter(name -> object.text(name).isEmpty()).forEach(name ->
                    errors.add(FieldError.required(place.path().child(name), "must not be empty")));
        }
        object.forEach((name, value) -> schema.property(name).or(schema::additional).ifPresent(field ->
                check(field, new Place(value, place.before().flatMap(before -> before.object().find(name)),
                        place.path().child(name)))));
    }

    private void array(Schema schema, JsonArray array, Place place) {
        var correlation = new ListCorrelation(schema, place.before().map(Json::array));
        errors.addAll(ListCorrelation.duplicates(schema, array, place.path()));
        schema.items().ifPresent(items -> {
            for (int i = 0; i < array.size(); i++) {
                check(items, new Place(array.at(i), correlation.before(array.at(i)), place.path().index(i)));
            }
        });
    }

    private void alternatives(Schema schema, Place place) {
        schema.alternatives().forEach((name, further) -> {
            var results = further.stream().map(each -> run(each, place)).toList();
            switch (name) {
                case "allOf" -> results.stream().filter(result -> !result.isEmpty()).findFirst().ifPresent(any -> {
                    none(place, "must validate all the schemas (allOf)");
                    results.forEach(errors::addAll);
                });
                case "anyOf" -> {
                    if (valid(results) == 0) {
                        none(place, "must validate at least one schema (anyOf)");
                        errors.addAll(best(results));
                    }
                }
                case "oneOf" -> one(place, results);
                default -> {
                    if (valid(results) > 0) {
                        none(place, "must not validate the schema (not)");
                    }
                }
            }
        });
    }

    private void one(Place place, List<List<FieldError>> results) {
        long valid = valid(results);
        if (valid != 1) {
            none(place, "must validate one and only one schema (oneOf). "
                    + (valid == 0 ? "Found none valid" : "Found " + valid + " valid alternatives"));
        }
        if (valid == 0) {
            errors.addAll(best(results));
        }
    }

    private void none(Place place, String message) {
        errors.add(new FieldError(FieldError.Kind.INVALID, NOWHERE, Json.of(""),
                FieldError.quoted(place.path().toString()) + " " + message));
    }

    private static long valid(List<List<FieldError>> results) {
        return results.stream().filter(List::isEmpty).count();
    }

    /** What is wrong with the alternative that fits best. */
    private static List<FieldError> best(List<List<FieldError>> results) {
        return results.stream().min(Comparator.comparing(List::size)).orElse(List.of());
    }
}
