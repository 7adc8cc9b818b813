package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import java.util.List;
import java.util.Set;

/** Nothing is created in a namespace that is missing or on its way out, and some namespaces stay for ever. */
final class NamespaceLifecycle implements Admission {
    private static final Set<String> IMMORTAL = Set.of("default", "kube-system", "kube-public");

    @Override
    public KubeObject admit(AdmissionRequest request) {
        var key = request.key();
        if (key.type().equals(Kinds.NAMESPACES) && request.operation() == Operation.DELETE
                && IMMORTAL.contains(key.name())) {
            throw ApiException.forbidden("namespaces", key.name(), "this namespace may not be deleted");
        }
        if (key.type().namespaced() && request.operation() == Operation.CREATE && key.subresource().isEmpty()) {
            checkAlive(request);
        }
        return request.object();
    }

    private static void checkAlive(AdmissionRequest request) {
        String name = request.key().namespace();
        var namespace = request.reader().find(Kinds.NAMESPACES.key(name))
                .orElseThrow(() -> ApiException.notFound("namespaces", name));
        if (namespace.deleting()) {
            throw terminating(request, name);
        }
    }

    private static ApiException terminating(AdmissionRequest request, String namespace) {
        var refusal = ApiException.forbidden(request.key().type().qualifiedPlural(), request.key().name(),
                "unable to create new content in namespace " + namespace + " because it is being terminated");
        var cause = JsonObject.of("reason", "NamespaceTerminating", "message",
                "namespace " + namespace + " is being terminated", "field", "metadata.namespace");
        return new ApiException(Reason.FORBIDDEN, refusal.getMessage(),
                refusal.details().with("causes", JsonArray.of(List.of(cause))));
    }
}
