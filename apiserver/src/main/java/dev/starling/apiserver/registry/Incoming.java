package dev.starling.apiserver.registry;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.api.WriteOptions.FieldValidation;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns what a client sent into an object of its kind: known fields only, no nulls, defaults filled in. The owners of
 * fields pass as they are: they are read where they are used.
 */
final class Incoming {
    private Incoming() {
    }

    /** What becomes of fields that the schema does not know. */
    record Strictness(Request request, FieldValidation validation) {

        static Strictness of(Request request, WriteOptions options) {
            return new Strictness(request, options.fieldValidation());
        }
    }

    /** An object whose unknown fields are removed, and told of or refused. */
    static KubeObject decoded(Kind kind, KubeObject object, Strictness strictness) {
        return decoded(kind, object, JsonObject.EMPTY, strictness);
    }

    /** @param known the stored object that this one was made from */
    static KubeObject decoded(Kind kind, KubeObject object, JsonObject known, Strictness strictness) {
        var type = kind.type();
        checkType(type, object);
        var owners = object.metadata().find(ManagedFields.FIELD);
        owners.filter(all -> !all.isNull() && !(all instanceof JsonArray)).ifPresent(odd -> {
            throw ApiException.badRequest(type.kind() + " in version \"" + type.version() + "\" cannot be handled as a "
                    + type.kind() + ": json: cannot unmarshal into Go struct field ObjectMeta.metadata.managedFields "
                    + "of type []v1.ManagedFieldsEntry");
        });
        var pruned = kind.schema().prune(typed(type, ManagedFields.off(object).tree()), known);
        var problems = problems(strictness.request().duplicateFields(), pruned.unknownFields());
        if (!problems.isEmpty() && strictness.validation() == FieldValidation.STRICT) {
            throw ApiException.badRequest(type.kind() + " in version \"" + type.version()
                    + "\" cannot be handled as a " + type.kind() + ": strict decoding error: "
                    + String.join(", ", problems));
        }
        if (strictness.validation() == FieldValidation.WARN) {
            problems.forEach(strictness.request().warnings()::add);
        }
        var defaulted = KubeObject.of(kind.schema().defaulted(pruned.object()));
        return owners.map(all -> defaulted.with(all, "metadata", ManagedFields.FIELD)).orElse(defaulted);
    }

    private static JsonObject typed(ResourceType type, JsonObject tree) {
        boolean full = tree.text("kind").equals(type.kind()) && tree.text("apiVersion").equals(type.apiVersion());
        return full ? tree : JsonObject.builder().put("kind", type.kind()).put("apiVersion", type.apiVersion())
                .putAll(tree.without("kind").without("apiVersion")).build();
    }

    private static List<String> problems(List<String> duplicates, List<String> unknown) {
        var problems = new ArrayList<String>();
        unknown.forEach(field -> problems.add("unknown field \"" + field + "\""));
        duplicates.forEach(field -> problems.add("duplicate field \"" + field + "\""));
        return problems;
    }

    private static void checkType(ResourceType type, KubeObject object) {
        if (!object.apiVersion().isEmpty() && !object.apiVersion().equals(type.apiVersion())) {
            throw ApiException.badRequest("the API version in the data (" + object.apiVersion()
                    + ") does not match the expected API version (" + type.apiVersion() + ")");
        }
        if (!object.kind().isEmpty() && !object.kind().equals(type.kind())) {
            throw ApiException.badRequest(object.kind() + " in version \"" + type.version()
                    + "\" cannot be handled as a " + type.kind() + ": the kind in the data (" + object.kind()
                    + ") does not match the expected kind (" + type.kind() + ")");
        }
    }

    /** The object to create agrees with the URL about its namespace and, where the URL names one, its name. */
    static KubeObject placed(ObjectKey key, KubeObject object) {
        if (!object.namespace().isEmpty() && !object.namespace().equals(key.namespace())) {
            throw ApiException.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        }
        if (key.name().isEmpty() || object.name().equals(key.name())) {
            return object;
        }
        if (object.name().isEmpty()) {
            return object.with(key.name(), "metadata", "name");
        }
        throw otherName(key, object.name());
    }

    /** The object to update agrees with the URL. */
    static void checkAddress(ObjectKey key, KubeObject object) {
        if (object.name().isEmpty()) {
            throw ApiException.badRequest("the name of the object (" + key.name()
                    + " based on URL) was undeterminable: name must be provided");
        }
        if (!object.name().equals(key.name())) {
            throw otherName(key, object.name());
        }
        if (!object.namespace().isEmpty() && !object.namespace().equals(key.namespace())) {
            throw ApiException.badRequest("the namespace of the object (" + object.namespace()
                    + ") does not match the namespace on the request (" + key.namespace() + ")");
        }
    }

    private static ApiException otherName(ObjectKey key, String name) {
        return ApiException.badRequest("the name of the object (" + name + ") does not match the name on the URL ("
                + key.name() + ")");
    }
}
