package dev.starling.apiserver.schema;

import dev.starling.apiserver.registry.KindSchema;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.patch.Typing;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The schema of a custom kind's version as a user wrote it: prunes, defaults and checks whole objects. The form is
 * read when it is first needed. Immutable and thread-safe.
 */
public final class StructuralSchema {
    private static final String OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    private static final JsonObject META_FIELD = JsonObject.of("type", "object", "properties",
            JsonObject.of("metadata", JsonObject.of("$ref", OBJECT_META)));

    private final Schema schema;
    private final Schema metadata;
    private final boolean defaults;

    /** @param schemas know the form of {@code metadata} */
    public StructuralSchema(JsonObject written, Schemas schemas) {
        this.schema = Schema.of(written, name -> {
            throw new IllegalArgumentException("a custom kind's schema refers to nothing: " + name);
        });
        this.metadata = Schema.of(META_FIELD, schemas::definition);
        this.defaults = written.toString().contains("\"default\":");
    }

    public Schema schema() {
        return schema;
    }

    /** @throws ApiException BadRequest if {@code metadata} cannot be read */
    public KindSchema.Pruned prune(ResourceType type, JsonObject object) {
        var pruned = Pruning.of(schema, object);
        if (!object.has("metadata")) {
            return new KindSchema.Pruned(pruned.object(), pruned.unknown());
        }
        try {
            var meta = Decoder.decode(metadata, type.kind(), JsonObject.of("metadata", object.at("metadata")),
                    JsonObject.EMPTY);
            return new KindSchema.Pruned(pruned.object().with("metadata", meta.object().at("metadata")),
                    Stream.concat(meta.unknownFields().stream(), pruned.unknown().stream()).toList());
        } catch (DecodingException e) {
            throw ApiException.badRequest(BuiltInSchema.cannotBeHandled(type, e.getMessage()));
        }
    }

    /** The very same object if it lacks nothing. */
    public JsonObject defaulted(JsonObject object) {
        return defaults ? StaticDefaults.ofCustom(schema, object) : object;
    }

    /** How fields are owned and applied. */
    public Typing typing() {
        return new SchemaTyping.OfKind(new SchemaTyping(schema, false),
                new SchemaTyping(metadata.property("metadata").orElseThrow(), true));
    }

    /** What is wrong with an object, or of a changed one with what has changed. */
    public List<FieldError> errors(Optional<JsonObject> before, JsonObject object) {
        return before.map(old -> StructuralValidation.changed(schema, old, object))
                .orElseGet(() -> StructuralValidation.all(schema, object));
    }

    /** What is wrong with a default that stands somewhere in a schema. */
    public static List<FieldError> errors(Schema place, Json value, FieldPath path) {
        return StructuralValidation.run(place, new StructuralValidation.Place(value, Optional.empty(), path));
    }

    /** A default without what its schema does not know. */
    public static JsonObject pruned(Schema place, JsonObject value) {
        return Pruning.of(place, value).object();
    }
}
