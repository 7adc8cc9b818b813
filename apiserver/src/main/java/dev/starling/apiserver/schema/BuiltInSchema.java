package dev.starling.apiserver.schema;

import dev.starling.apiserver.registry.KindSchema;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.patch.MergeKeys;
import dev.starling.kube.patch.Typing;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A built-in kind's schema as the registry uses it. The schema is found on first use, so that making all kinds at
 * start reads nothing. Thread-safe.
 */
public final class BuiltInSchema implements KindSchema {
    private final ResourceType type;
    private final Supplier<Schema> schema;

    private final SemanticChecks checks;

    private BuiltInSchema(ResourceType type, Supplier<Schema> schema, SemanticChecks checks) {
        this.type = type;
        this.schema = schema;
        this.checks = checks;
    }

    public static BuiltInSchema of(Schemas schemas, ResourceType type) {
        return new BuiltInSchema(type, () -> schemas.find(type)
                .orElseThrow(() -> new IllegalStateException("no schema of " + type)), SemanticChecks.NONE);
    }

    /** The same schema with checks beside it. */
    public BuiltInSchema with(SemanticChecks others) {
        return new BuiltInSchema(type, schema, others);
    }

    /** @throws ApiException BadRequest in upstream's words, if a field cannot hold its value */
    @Override
    public Pruned prune(JsonObject object) {
        return prune(object, JsonObject.EMPTY);
    }

    @Override
    public Pruned prune(JsonObject object, JsonObject known) {
        try {
            Decoder.KindDecoded decoded = Decoder.decode(schema.get(), type.kind(), object, known);
            return new Pruned(decoded.object(), decoded.unknownFields());
        } catch (DecodingException e) {
            throw ApiException.badRequest(cannotBeHandled(type, e.getMessage()));
        }
    }

    /** {@code Deployment in version "v1" cannot be handled as a Deployment: <why>}. */
    public static String cannotBeHandled(ResourceType type, String why) {
        return type.kind() + " in version \"" + type.version() + "\" cannot be handled as a " + type.kind()
                + ": " + why;
    }

    @Override
    public JsonObject defaulted(JsonObject object) {
        return Defaults.of(type, StaticDefaults.of(schema.get(), object));
    }

    @Override
    public List<ApiException.Cause> violations(JsonObject object) {
        return causes(JsonObject.EMPTY, object, checks.errors(type, object));
    }

    @Override
    public List<ApiException.Cause> updateViolations(JsonObject before, JsonObject after) {
        return causes(before, after, checks.errorsAfter(type, before, after));
    }

    private List<ApiException.Cause> causes(JsonObject before, JsonObject object, List<FieldError> semantic) {
        List<FieldError> structural = type.group().equals("starling.dev")
                ? StructuralValidation.all(schema.get(), object) : EnumValidation.of(schema.get(), before, object);
        return structural.isEmpty() && semantic.isEmpty() ? List.of()
                : Stream.concat(structural.stream(), semantic.stream()).map(FieldError::cause).distinct().toList();
    }

    @Override
    public List<ApiException.Cause> changeViolations(JsonObject before, JsonObject after) {
        return checks.updateErrors(type, before, after).stream().map(FieldError::cause).toList();
    }

    @Override
    public MergeKeys mergeKeys() {
        return new SchemaMergeKeys(schema.get());
    }

    @Override
    public Typing typing() {
        return new SchemaTyping(schema.get(), true);
    }
}
