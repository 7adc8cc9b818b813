package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.admission.match.Matching;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Optional;

/**
 * A ValidatingAdmissionPolicyBinding or a MutatingAdmissionPolicyBinding.
 *
 * @param matching nothing where it narrows nothing
 * @param params its {@code paramRef}; may be empty
 * @param actions what a denial does; none where a policy changes objects
 */
record Binding(String name, String policy, Optional<Matching> matching, JsonObject params, List<String> actions) {

    /** Whether it puts its policy into force for a request that the policy concerns. */
    boolean covers(AdmissionRequest request) {
        return matching.isEmpty() || matching.get().seen(request).isPresent();
    }

    static Binding of(KubeObject object) {
        var spec = object.spec();
        return new Binding(object.name(), spec.text("policyName"), spec.has("matchResources")
                ? Optional.of(Matching.ofResources(spec.object("matchResources"))) : Optional.empty(),
                spec.object("paramRef"), spec.array("validationActions").texts());
    }
}
