package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.admission.expression.Conditions;
import dev.starling.apiserver.admission.expression.Inputs;
import dev.starling.apiserver.admission.match.Changes;
import dev.starling.apiserver.admission.policy.Policies.Bound;
import dev.starling.apiserver.cel.Budget;
import dev.starling.apiserver.cel.CompilationException;
import dev.starling.apiserver.cel.EvaluationException;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes writes by the MutatingAdmissionPolicies that are bound to them, one after another; what one did the next
 * sees (rules and wording: Kubernetes). When one has changed a write, all stations see it once more, and with them
 * those policies that asked for it. What a policy changes belongs to nobody but the writer.
 */
public final class MutatingPolicies implements Admission {
    private final Policies<Mutation.Program> policies = new Policies<>(Kinds.MUTATING_ADMISSION_POLICIES,
            Kinds.MUTATING_ADMISSION_POLICY_BINDINGS, Mutation.Program::of);
    private final Authorizer authorizer;

    /** @param authorizer answers what expressions ask about permissions */
    public MutatingPolicies(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    /** A policy in force with one set of parameters. */
    private record Call(Bound<Mutation.Program> bound, Json params) {

        String uid() {
            var metadata = params.object().object("metadata");
            return "policy/" + bound.policy().name() + "/" + bound.binding().name() + "/" + metadata.text("namespace")
                    + "/" + metadata.text("name");
        }
    }

    /** Why a policy could not do its work. */
    private record Failure(Bound<Mutation.Program> by, String why) {
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        if (request.operation() == Operation.DELETE) {
            return request.object();
        }
        var failures = new ArrayList<Failure>();
        var here = request;
        for (var call : calls(request, failures)) {
            here = called(call, here, failures);
        }
        failures.stream().filter(failure -> !failure.by().policy().ignoresFailure()).findFirst()
                .ifPresent(failure -> {
                    throw Refusals.of(request, "policy " + failure.by().named() + " denied request: "
                            + failure.why(), "Invalid");
                });
        return here.object();
    }

    /** Who is to see the write, found once by what came. */
    private List<Call> calls(AdmissionRequest request, List<Failure> failures) {
        var calls = new ArrayList<Call>();
        for (var bound : policies.concerning(request)) {
            try {
                Params.of(bound.policy().paramKind(), bound.binding().params(), request)
                        .forEach(params -> calls.add(new Call(bound, params)));
            } catch (Params.ParamsException e) {
                failures.add(new Failure(bound, "failed to configure binding: " + e.getMessage()));
            }
        }
        return calls;
    }

    private AdmissionRequest called(Call call, AdmissionRequest request, List<Failure> failures) {
        var passes = request.circumstances().passes();
        if (!passes.calls(call.uid()) || !holds(call, request, failures)) {
            return request;
        }
        var after = changed(call, request, failures);
        if (!after.object().equals(request.object())) {
            passes.changed();
        }
        if (call.bound().policy().repeats()) {
            passes.called(call.uid());
        }
        return after;
    }

    private boolean holds(Call call, AdmissionRequest request, List<Failure> failures) {
        return switch (call.bound().policy().conditions().judge(inputs(call, request))) {
            case Conditions.Verdict.Holds() -> true;
            case Conditions.Verdict.Fails() -> false;
            case Conditions.Verdict.Broken(String why) -> {
                failures.add(new Failure(call.bound(), why));
                yield false;
            }
        };
    }

    private Inputs inputs(Call call, AdmissionRequest request) {
        return Inputs.of(request, seen(call, request), authorizer).with(call.params());
    }

    private static AdmissionRequest seen(Call call, AdmissionRequest request) {
        return call.bound().policy().matching().shown(request).orElse(request);
    }

    private AdmissionRequest changed(Call call, AdmissionRequest request, List<Failure> failures) {
        var here = request;
        try {
            var program = call.bound().policy().program();
            for (var step : program.steps()) {
                here = changed(call, program.scope(), step, here, failures);
            }
        } catch (CompilationException e) {
            failures.add(new Failure(call.bound(), e.getMessage()));
        }
        return here;
    }

    /** The write after one step; a step that fails leaves it as it is. */
    private AdmissionRequest changed(Call call, Scope scope, Mutation step, AdmissionRequest request,
            List<Failure> failures) {
        var seen = seen(call, request);
        var budget = new Budget(Budget.ONE_OBJECT);
        var values = scope.values(inputs(call, request), budget);
        try {
            JsonObject changed = switch (step) {
                case Mutation.Merge(var expression) -> Mutations.merged(seen, expression.object(values, budget));
                case Mutation.Patch(var expression) -> Mutations.patched(seen, expression.operations(values, budget));
            };
            return changed.equals(seen.object().tree()) ? request : request.with(back(request, seen, changed));
        } catch (EvaluationException e) {
            failures.add(new Failure(call.bound(), "expression '" + step.expression().text() + "' resulted in error: "
                    + e.getMessage()));
        } catch (Mutations.MutationException e) {
            failures.add(new Failure(call.bound(), e.getMessage()));
        }
        return request;
    }

    /** What a policy made and cannot be read is the policy's failure, not the writer's. */
    private static KubeObject back(AdmissionRequest request, AdmissionRequest seen, JsonObject changed) {
        try {
            return Changes.of(request, seen, changed);
        } catch (ApiException e) {
            throw new Mutations.MutationException(e.getMessage());
        }
    }
}
