package dev.starling.apiserver.custom;

import dev.starling.apiserver.registry.KindSchema;
import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.schema.StructuralSchema;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.patch.Typing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The schema of one version of a custom kind as the registry uses it. Thread-safe. */
final class CustomSchema implements KindSchema {
    private final ResourceType type;
    private final StructuralSchema schema;
    private final Document document;

    /** @param fingerprint tells this schema from all that the kind had before */
    CustomSchema(ResourceType type, JsonObject written, String fingerprint, Schemas schemas) {
        this.type = type;
        this.schema = new StructuralSchema(written, schemas);
        this.document = new Document(written, fingerprint);
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
        return causes(schema.errors(Optional.empty(), object));
    }

    @Override
    public List<ApiException.Cause> updateViolations(JsonObject before, JsonObject after) {
        return causes(schema.errors(Optional.of(before), after));
    }

    private static List<ApiException.Cause> causes(List<FieldError> errors) {
        List<ApiException.Cause> causes = new ArrayList<>();
        errors.forEach(error -> causes.add(error.cause()));
        return causes;
    }

    @Override
    public Typing typing() {
        return schema.typing();
    }

    @Override
    public boolean mergesStrategically() {
        return false;
    }

    @Override
    public Optional<Document> document() {
        return Optional.of(document);
    }
}
