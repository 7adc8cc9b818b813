package dev.starling.apiserver.admission.hook;

import dev.starling.apiserver.webhook.WebhookException;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** What a webhook answered. */
record HookAnswer(JsonObject response) {
    private static final int BAD_REQUEST = 400;

    /** @throws WebhookException if it is no answer to the question */
    static HookAnswer of(JsonObject review, String version, String uid) {
        String wanted = "admission.k8s.io/" + version;
        if (!review.text("apiVersion").equals(wanted) || !review.text("kind").equals("AdmissionReview")) {
            throw new WebhookException("expected webhook response of " + wanted + ", Kind=AdmissionReview, got "
                    + review.text("apiVersion") + ", Kind=" + review.text("kind"));
        }
        var response = review.object("response");
        if (!response.text("uid").equals(uid) && !(version.equals("v1beta1") && response.text("uid").isEmpty())) {
            throw new WebhookException("expected response.uid=\"" + uid + "\", got \"" + response.text("uid") + "\"");
        }
        if (!response.text("patch").isEmpty() && !response.text("patchType").equals("JSONPatch")) {
            throw new WebhookException("webhook returned response.patch but not response.patchType of JSONPatch");
        }
        return new HookAnswer(response);
    }

    boolean allowed() {
        return response.flag("allowed");
    }

    List<String> warnings() {
        return response.array("warnings").texts();
    }

    /** What it tells the audit log, by keys of its own. */
    JsonObject auditAnnotations() {
        return response.object("auditAnnotations");
    }

    /** @throws WebhookException if the patch is no list of operations */
    Optional<JsonArray> patch() {
        String text = response.text("patch");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (JsonReader.read(Base64.getDecoder().decode(text)) instanceof JsonArray operations) {
                return Optional.of(operations);
            }
        } catch (IllegalArgumentException | JsonException e) {
            throw new WebhookException("webhook returned a patch that cannot be read: " + e.getMessage(), e);
        }
        throw new WebhookException("webhook returned a patch that is no list of operations");
    }

    /** The refusal in the words of Kubernetes. */
    ApiException denial(String hook) {
        var status = response.object("status");
        String by = "admission webhook \"" + hook + "\" denied the request";
        String message = !status.text("message").isEmpty() ? by + ": " + status.text("message")
                : !status.text("reason").isEmpty() ? by + ": " + status.text("reason") : by + " without explanation";
        int code = (int) Math.max(BAD_REQUEST, status.at("code").number(BAD_REQUEST));
        return new ApiException(Reason.of(status.text("reason"), code), message, status.object("details"));
    }
}
