package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.admission.expression.Inputs;
import dev.starling.apiserver.admission.policy.Expressions.Fault;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.ArrayList;
import java.util.List;

/** Refuses policies and webhooks whose expressions cannot be compiled. What was stored before is left in peace. */
public final class ExpressionGate implements Admission {

    @Override
    public KubeObject admit(AdmissionRequest request) {
        var type = request.key().type();
        boolean judges = isOf(type, Kinds.VALIDATING_ADMISSION_POLICIES);
        boolean mutates = isOf(type, Kinds.MUTATING_ADMISSION_POLICIES);
        boolean hooks = type.equals(Kinds.VALIDATING_WEBHOOK_CONFIGURATIONS)
                || type.equals(Kinds.MUTATING_WEBHOOK_CONFIGURATIONS);
        boolean writes = request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
        if ((judges || mutates || hooks) && writes && request.key().subresource().isEmpty() && changes(request)) {
            var faults = hooks ? hookFaults(request.object()) : Expressions.faults(request.object().spec(),
                    Inputs.environment());
            check(request, faults);
        }
        return request.object();
    }

    /** In whatever version. */
    private static boolean isOf(ResourceType type, ResourceType stored) {
        return type.group().equals(stored.group()) && type.kind().equals(stored.kind());
    }

    private static boolean changes(AdmissionRequest request) {
        return request.before().filter(before -> before.tree().at("spec").equals(request.object().tree().at("spec"))
                && before.tree().at("webhooks").equals(request.object().tree().at("webhooks"))).isEmpty();
    }

    private static List<Fault> hookFaults(KubeObject configuration) {
        var faults = new ArrayList<Fault>();
        int number = 0;
        for (var hook : configuration.tree().array("webhooks").objects()) {
            String path = "webhooks[" + number++ + "].";
            if (!hook.array("matchConditions").isEmpty()) {
                faults.addAll(Expressions.conditions(hook, path, Inputs.environment()));
            }
        }
        return faults;
    }

    private static void check(AdmissionRequest request, List<Fault> faults) {
        if (!faults.isEmpty()) {
            var type = request.key().type();
            throw ApiException.invalid(type.group(), type.kind(), request.key().name(), faults.stream()
                    .map(fault -> new Cause("FieldValueInvalid", "Invalid value: " + quoted(fault.text()) + ": "
                            + fault.why(), fault.field())).toList());
        }
    }

    private static String quoted(String text) {
        Json json = new JsonString(text);
        return json.toString();
    }
}
