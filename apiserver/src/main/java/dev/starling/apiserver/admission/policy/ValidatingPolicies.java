package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.admission.expression.Inputs;
import dev.starling.apiserver.admission.policy.Policies.Bound;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges writes by the ValidatingAdmissionPolicies that are bound to them: denies, or only warns, or only tells the
 * audit log (rules and wording: Kubernetes).
 */
public final class ValidatingPolicies implements Admission {
    private static final String AUDITED = "validation.policy.admission.k8s.io/validation_failure";

    private final Policies<Program> policies = new Policies<>(Kinds.VALIDATING_ADMISSION_POLICIES,
            Kinds.VALIDATING_ADMISSION_POLICY_BINDINGS, Program::of);
    private final Authorizer authorizer;

    /** @param authorizer answers what expressions ask about permissions */
    public ValidatingPolicies(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    /** A policy says no, by one of its bindings. */
    private record Denial(Bound<Program> by, Decision decision) {

        JsonObject note() {
            return JsonObject.of("message", decision.message(), "policy", by.policy().name(), "binding",
                    by.binding().name(), "expressionIndex", Math.max(0, decision.rule()), "validationActions",
                    by.binding().actions());
        }
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        var denials = new ArrayList<Denial>();
        policies.concerning(request).forEach(bound -> judge(bound, request, denials));
        tell(request, denials);
        denials.stream().filter(denial -> denial.by().binding().actions().contains("Deny")).findFirst()
                .ifPresent(denial -> {
                    throw Refusals.of(request, "ValidatingAdmissionPolicy " + denial.by().named()
                            + " denied request: " + denial.decision().message(), denial.decision().reason());
                });
        return request.object();
    }

    private void judge(Bound<Program> bound, AdmissionRequest request, List<Denial> denials) {
        var policy = bound.policy();
        try {
            var inputs = Inputs.of(request, bound.seen(), authorizer);
            for (Json params : Params.of(policy.paramKind(), bound.binding().params(), request)) {
                Decision.of(policy, inputs.with(params), (name, text) ->
                        request.note(policy.name() + "/" + name, text))
                        .forEach(decision -> denials.add(new Denial(bound, decision)));
            }
        } catch (Params.ParamsException e) {
            if (!policy.ignoresFailure()) {
                denials.add(new Denial(bound, Decision.failure("failed to configure binding: " + e.getMessage())));
            }
        }
    }

    private static void tell(AdmissionRequest request, List<Denial> denials) {
        var audited = new ArrayList<Json>();
        for (var denial : denials) {
            var actions = denial.by().binding().actions();
            if (actions.contains("Warn")) {
                request.warnings().add("Validation failed for ValidatingAdmissionPolicy " + denial.by().named() + ": "
                        + denial.decision().message());
            }
            if (actions.contains("Audit")) {
                audited.add(denial.note());
            }
        }
        if (!audited.isEmpty()) {
            request.note(AUDITED, JsonArray.of(audited).toString());
        }
    }
}
