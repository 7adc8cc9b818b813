package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.List;

/** How policies say no, in the words of Kubernetes. */
final class Refusals {
    private static final int INVALID = 422;

    private Refusals() {
    }

    static ApiException of(AdmissionRequest request, String message, String reason) {
        var forbidden = ApiException.forbidden(request.key().type().qualifiedPlural(), request.key().name(), message);
        return new ApiException(Reason.of(reason, INVALID), forbidden.getMessage(), forbidden.details()
                .with("causes", JsonArray.of(List.of(JsonObject.of("message", message)))));
    }
}
