package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.KindSchema;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.patch.Applied;
import dev.starling.kube.patch.JsonPatch;
import dev.starling.kube.patch.PatchException;
import dev.starling.kube.patch.TypeCheck;
import dev.starling.kube.patch.Typing;
import java.util.ArrayList;
import java.util.List;

/** What a policy's step makes of an object. Pure functions. */
final class Mutations {
    private Mutations() {
    }

    /** Why it makes nothing of it. */
    static final class MutationException extends RuntimeException {
        private static final long serialVersionUID = 1;

        MutationException(String message) {
            super(message, null, false, false);
        }
    }

    /** @throws MutationException if the configuration does not fit its kind, or would replace something as a whole */
    static JsonObject merged(AdmissionRequest request, JsonObject built) {
        var object = request.object();
        var typing = schema(request).typing();
        var configuration = built.with("apiVersion", Json.of(object.apiVersion())).with("kind",
                Json.of(object.kind()));
        String faults = TypeCheck.faults(configuration, typing);
        if (!faults.isEmpty()) {
            throw new MutationException("error applying patch: failed to convert patch object to typed object: "
                    + faults);
        }
        var atomic = new ArrayList<String>();
        collectAtomic(configuration, typing, "", atomic);
        if (!atomic.isEmpty()) {
            throw new MutationException("error applying patch: invalid ApplyConfiguration: may not mutate atomic "
                    + "arrays, maps or structs: " + String.join(", ", atomic));
        }
        return Applied.merged(object.tree(), configuration, typing);
    }

    /** The body of a subresource has no schema of its own. */
    private static KindSchema schema(AdmissionRequest request) {
        var type = request.key().type();
        return request.circumstances().catalog().find(type).filter(Kind.class::isInstance).map(Kind.class::cast)
                .filter(kind -> request.object().kind().equals(type.kind())).map(Kind::schema)
                .orElse(KindSchema.OPEN);
    }

    /** Who sets a part of such a list or object means only that part, but would take away the rest. */
    private static void collectAtomic(Json value, Typing typing, String path, List<String> found) {
        if (value instanceof JsonObject object) {
            if (!typing.opensObjects()) {
                found.add(path);
            }
            object.forEach((name, field) -> collectAtomic(field, typing.field(name), path + "." + name, found));
        } else if (value instanceof JsonArray list) {
            if (!typing.opensLists()) {
                found.add(path);
            }
            for (int i = 0; i < list.size(); i++) {
                collectAtomic(list.at(i), typing.element(), path + "[" + i + "]", found);
            }
        }
    }

    /**
     * A patch whose test fails changes nothing.
     *
     * @throws MutationException if it cannot be applied, or leaves what the kind does not know
     */
    static JsonObject patched(AdmissionRequest request, JsonArray operations) {
        var before = request.object().tree();
        try {
            if (!(JsonPatch.apply(before, operations) instanceof JsonObject after)) {
                throw new MutationException("JSONPath: the patch leaves no object");
            }
            checkFields(schema(request), after);
            return after;
        } catch (PatchException e) {
            if (e.isFailedTest()) {
                return before;
            }
            throw new MutationException("JSONPath: " + e.getMessage());
        }
    }

    private static void checkFields(KindSchema schema, JsonObject after) {
        List<String> unknown;
        try {
            unknown = schema.prune(after).unknownFields();
        } catch (ApiException e) {
            throw new MutationException("JSONPath: " + e.getMessage());
        }
        if (!unknown.isEmpty()) {
            throw new MutationException("JSONPath: strict decoding error: unknown field \"" + String.join(
                    "\", unknown field \"", unknown) + "\"");
        }
    }
}
