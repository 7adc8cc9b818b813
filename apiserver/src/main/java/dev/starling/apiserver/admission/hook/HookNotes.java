package dev.starling.apiserver.admission.hook;

import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;

/**
 * What the audit log learns of one call of a webhook (keys and form: Kubernetes).
 *
 * @param index of the webhook among all that are configured, or of those that judge, among those that are called
 */
record HookNotes(AdmissionRequest request, Hook hook, int index) {
    private static final String MUTATION = "mutation.webhook.admission.k8s.io/";

    private String place() {
        return "round_" + request.circumstances().passes().number() + "_index_" + index;
    }

    void called(boolean mutated) {
        request.note(MUTATION + place(), who().with("mutated", Json.of(mutated)).toString());
    }

    /** It failed, which is ignored. */
    void failedOpen() {
        request.note("failed-open." + MUTATION + place(), hook.name());
    }

    /** One that judges failed, which is ignored; such webhooks see a write once. */
    void judgedOpen() {
        request.note("failed-open.validating.webhook.admission.k8s.io/round_0_index_" + index, hook.name());
    }

    void patched(JsonArray patch) {
        request.noteDetail("patch.webhook.admission.k8s.io/" + place(), who().with("patch", patch)
                .with("patchType", Json.of("JSONPatch")).toString());
    }

    private JsonObject who() {
        return JsonObject.of("configuration", hook.configuration(), "webhook", hook.name());
    }
}
