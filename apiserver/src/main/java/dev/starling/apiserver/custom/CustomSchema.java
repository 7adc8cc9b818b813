package dev.starling.apiserver.custom;

import dev.starling.apiserver.registry.KindSchema;
import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.Schema;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.schema.StructuralSchema;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.patch.Typing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The schema of one version of a custom kind as the registry uses it. Thread-safe. */
final class CustomSchema implements KindSchema {
    /** Rules are not asked about objects of a wrong form. */
    private static final Set<FieldError.Kind> BLOCKING = Set.of(FieldError.Kind.REQUIRED, FieldError.Kind.TOO_LONG,
            FieldError.Kind.TOO_MANY, FieldError.Kind.TYPE_INVALID);
    private static final FieldError UNCHECKED = new FieldError(FieldError.Kind.INVALID, "<nil>", Json.of("null"),
            "some validation rules were not checked because the object was invalid; correct the existing errors to "
                    + "complete validation");

    private final ResourceType type;
    private final StructuralSchema schema;
    private final Document document;
    private final boolean hasRules;
    private volatile Optional<Optional<RuleTree>> rules = Optional.empty(); // compiled by the first who needs them

    /** @param fingerprint tells this schema from all that the kind had before */
    CustomSchema(ResourceType type, JsonObject written, String fingerprint, Schemas schemas) {
        this.type = type;
        this.schema = new StructuralSchema(written, schemas);
        this.document = new Document(written, fingerprint);
        this.hasRules = RuleValidation.concerns(written);
    }

    @Override
    public Pruned prune(JsonObject object) {
        return schema.prune(type, object);
    }

    @Override
    public JsonObject defaulted(JsonObject object) {
        return schema.defaulted(object);
    }

    @Override
    public List<ApiException.Cause> violations(JsonObject object) {
        return causes(Optional.empty(), object);
    }

    @Override
    public List<ApiException.Cause> updateViolations(JsonObject before, JsonObject after) {
        return causes(Optional.of(before), after);
    }

    private List<ApiException.Cause> causes(Optional<JsonObject> before, JsonObject object) {
        List<FieldError> errors = new ArrayList<>(schema.errors(before, object));
        if (hasRules && errors.stream().anyMatch(error -> BLOCKING.contains(error.kind()))) {
            errors.add(UNCHECKED);
        } else if (hasRules) {
            rules().ifPresent(tree -> errors.addAll(tree.errors(object, before)));
        }
        return errors.stream().map(FieldError::cause).toList();
    }

    /** Two threads may compile at once, to the same. */
    private Optional<RuleTree> rules() {
        var known = rules;
        if (known.isPresent()) {
            return known.get();
        }
        var made = RuleTree.of(schema.schema());
        rules = Optional.of(made);
        return made;
    }

    @Override
    public Typing typing() {
        return schema.typing();
    }

    @Override
    public boolean mergesStrategically() {
        return false;
    }

    /** As expressions see it. */
    Schema expressed() {
        return schema.schema();
    }

    @Override
    public Optional<Document> document() {
        return Optional.of(document);
    }
}
