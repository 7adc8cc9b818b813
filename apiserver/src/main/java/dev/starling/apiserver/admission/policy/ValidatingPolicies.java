package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.admission.expression.Inputs;
import dev.starling.apiserver.admission.match.Cached;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonWriter;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Judges writes by the ValidatingAdmissionPolicies that are bound to them: denies, or only warns (rules and wording:
 * Kubernetes).
 */
public final class ValidatingPolicies implements Admission {
    private static final int INVALID = 422;

    private final Cached<Policy> policies = new Cached<>(Kinds.VALIDATING_ADMISSION_POLICIES, Policy::of);
    private final Cached<Binding> bindings = new Cached<>(Kinds.VALIDATING_ADMISSION_POLICY_BINDINGS, Binding::of);
    private final Authorizer authorizer;

    /** @param authorizer answers what expressions ask about permissions */
    public ValidatingPolicies(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    /** A policy says no, by one of its bindings. */
    private record Denial(Policy policy, Binding binding, Decision decision) {

        boolean acts(String action) {
            return binding.actions().contains(action);
        }

        String message() {
            return "ValidatingAdmissionPolicy '" + policy.name() + "' with binding '" + binding.name()
                    + "' denied request: " + decision.message();
        }
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        var bound = bindings.all(request.reader());
        if (bound.isEmpty()) {
            return request.object();
        }
        var denials = new ArrayList<Denial>();
        for (var policy : policies.all(request.reader())) {
            var own = bound.stream().filter(binding -> binding.policy().equals(policy.name())).toList();
            var seen = own.isEmpty() ? Optional.<AdmissionRequest>empty() : policy.matching().seen(request);
            seen.ifPresent(shown -> own.stream().filter(binding -> binding.covers(request))
                    .forEach(binding -> judge(policy, binding, new Write(request, shown), denials)));
        }
        denials.forEach(denial -> warn(denial, request));
        note(denials.stream().filter(denial -> denial.acts("Audit")).toList(), request);
        denials.stream().filter(denial -> denial.acts("Deny")).findFirst().ifPresent(denial -> {
            throw refusal(request, denial);
        });
        return request.object();
    }

    /**
     * What is judged.
     *
     * @param seen the request in the version that the policy names
     */
    private record Write(AdmissionRequest request, AdmissionRequest seen) {
    }

    private void judge(Policy policy, Binding binding, Write write, List<Denial> denials) {
        var request = write.request();
        try {
            var inputs = Inputs.of(request, write.seen(), authorizer);
            for (Json params : Params.of(policy.paramKind(), binding.params(), request)) {
                Decision.of(policy, inputs.with(params), (key, text) -> request.note(policy.name() + "/" + key, text))
                        .forEach(decision -> denials.add(new Denial(policy, binding, decision)));
            }
        } catch (Params.ParamsException e) {
            if (!policy.ignoresFailure()) {
                denials.add(new Denial(policy, binding, Decision.failure("failed to configure binding: "
                        + e.getMessage())));
            }
        }
    }

    private static void warn(Denial denial, AdmissionRequest request) {
        if (denial.acts("Warn")) {
            request.warnings().add("Validation failed for ValidatingAdmissionPolicy '" + denial.policy().name()
                    + "' with binding '" + denial.binding().name() + "': " + denial.decision().message());
        }
    }

    private static void note(List<Denial> audited, AdmissionRequest request) {
        if (!audited.isEmpty()) {
            request.note("validation.policy.admission.k8s.io/validation_failure", JsonWriter.text(JsonArray.of(audited
                    .stream().map(denial -> (Json) JsonObject.of("message", denial.decision().message(),
                            "policy", denial.policy().name(), "binding", denial.binding().name(),
                            "validationActions", denial.binding().actions())).toList())));
        }
    }

    private static ApiException refusal(AdmissionRequest request, Denial denial) {
        var forbidden = ApiException.forbidden(request.key().type().qualifiedPlural(), request.key().name(),
                denial.message());
        return new ApiException(Reason.of(denial.decision().reason(), INVALID), forbidden.getMessage(),
                forbidden.details().with("causes", JsonArray.of(List.of(JsonObject.of("message", denial.message())))));
    }
}
