package dev.starling.apiserver.registry;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.Patch;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.patch.JsonPatch;
import dev.starling.kube.patch.MergePatch;
import dev.starling.kube.patch.PatchException;
import dev.starling.kube.patch.StrategicMergePatch;

/** Applies a patch to an object, and words what is wrong with it. */
final class Patching {
    private static final int MOST_OPERATIONS = 10_000;

    private Patching() {
    }

    static KubeObject applied(Kind kind, KubeObject object, Patch patch) {
        if (patch instanceof Patch.Strategic && !kind.schema().mergesStrategically()) {
            throw new ApiException(Reason.UNSUPPORTED_MEDIA_TYPE,
                    "the body of the request was in an unknown format - accepted media types include: "
                    + "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml");
        }
        try {
            return switch (patch) {
                case Patch.JsonPatch(JsonArray operations) -> object(jsonPatched(object, operations));
                case Patch.Merge(JsonObject change) -> KubeObject.of(MergePatch.apply(object.tree(), change));
                case Patch.Strategic(JsonObject change) -> KubeObject.of(
                        StrategicMergePatch.apply(object.tree(), change, kind.schema().mergeKeys()));
                case Patch.Apply apply -> throw new IllegalArgumentException("a configuration has owners");
            };
        } catch (PatchException e) {
            throw switch (e.fault()) {
                case MALFORMED -> ApiException.badRequest(e.getMessage());
                case UNFIT -> unfit(e.getMessage());
            };
        }
    }

    private static Json jsonPatched(KubeObject object, JsonArray operations) {
        if (operations.size() > MOST_OPERATIONS) {
            throw new ApiException(Reason.REQUEST_ENTITY_TOO_LARGE, "The allowed maximum operations in a JSON patch is "
                    + MOST_OPERATIONS + ", got " + operations.size());
        }
        return JsonPatch.apply(object.tree(), operations);
    }

    private static KubeObject object(Json json) {
        if (json instanceof JsonObject tree) {
            return KubeObject.of(tree);
        }
        throw ApiException.badRequest("the patch leaves no object");
    }

    /** Upstream keeps the second half to itself. It stands in the message: a cause without a field prints badly. */
    private static ApiException unfit(String why) {
        return new ApiException(Reason.INVALID,
                "the server rejected our request due to an error in our request: " + why);
    }
}
