package dev.starling.apiserver.admission.expression;

import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.List;

/** What webhooks are asked: {@code admission.k8s.io} AdmissionReview. */
public final class Review {
    private static final String META = "meta.k8s.io/v1";

    private Review() {
    }

    /** @param request as it came; it is shown as the webhook wants to see it */
    public static JsonObject of(AdmissionRequest request, AdmissionRequest seen, String uid, String version) {
        return JsonObject.of("kind", "AdmissionReview", "apiVersion", "admission.k8s.io/" + version,
                "request", request(request, seen, uid));
    }

    /** The request, as expressions in CEL see it too. */
    public static JsonObject request(AdmissionRequest request, AdmissionRequest seen, String uid) {
        var key = request.key();
        var caller = request.caller();
        var user = JsonObject.builder().put("username", caller.name()).putText("uid", caller.uid())
                .put("groups", caller.groups());
        if (!caller.extra().isEmpty()) {
            user.put("extra", Json.of(caller.extra()));
        }
        return JsonObject.builder().put("uid", uid).put("kind", kind(seen)).put("resource", resource(seen))
                .putText("subResource", key.subresource()).put("requestKind", kind(request))
                .put("requestResource", resource(request))
                .putText("requestSubResource", key.subresource()).putText("name", key.name())
                .putText("namespace", key.namespace()).put("operation", request.operation().name())
                .put("userInfo", user.build()).put("object", object(seen)).put("oldObject", before(seen))
                .put("dryRun", JsonBoolean.of(request.dryRun())).put("options", options(request)).build();
    }

    private static JsonObject resource(AdmissionRequest request) {
        var type = request.key().type();
        return JsonObject.of("group", type.group(), "version", type.version(), "resource", type.plural());
    }

    /** A subresource may speak a kind of its own. */
    private static JsonObject kind(AdmissionRequest request) {
        var object = request.object();
        String apiVersion = object.apiVersion().isEmpty() ? request.key().type().apiVersion() : object.apiVersion();
        String kind = object.kind().isEmpty() ? request.key().type().kind() : object.kind();
        int slash = apiVersion.indexOf('/');
        return JsonObject.of("group", slash < 0 ? "" : apiVersion.substring(0, slash),
                "version", apiVersion.substring(slash + 1), "kind", kind);
    }

    /** What is to be stored; null for a deletion. */
    public static Json object(AdmissionRequest request) {
        return request.operation() == Operation.DELETE ? JsonNull.NULL : request.object().tree();
    }

    /** What is stored; null for a creation. */
    public static Json before(AdmissionRequest request) {
        return request.before().map(KubeObject::tree).map(Json.class::cast).orElse(JsonNull.NULL);
    }

    private static Json options(AdmissionRequest request) {
        String kind = switch (request.operation()) {
            case CREATE -> "CreateOptions";
            case UPDATE -> "UpdateOptions";
            case DELETE -> "DeleteOptions";
            case CONNECT -> "";
        };
        if (kind.isEmpty()) {
            return JsonNull.NULL;
        }
        var options = JsonObject.builder().put("kind", kind).put("apiVersion", META);
        if (request.dryRun()) {
            options.put("dryRun", JsonArray.of(List.of(Json.of("All"))));
        }
        if (request.operation() != Operation.DELETE) {
            options.putText("fieldManager", request.circumstances().options().fieldManager());
        }
        return options.build();
    }
}
