package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.access.Callers;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;

/**
 * A policy reads its parameters with the server's own rights, and its messages may tell them: whoever names parameters
 * must be allowed to read them himself (rule and wording: Kubernetes).
 */
public final class ParamGate implements Admission {
    private final Authorizer authorizer;

    public ParamGate(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        boolean writes = request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
        if (writes && request.key().subresource().isEmpty()
                && !request.caller().groups().contains(Callers.MASTERS)) {
            var type = request.key().type();
            if (isOf(type, Kinds.VALIDATING_ADMISSION_POLICIES) || isOf(type, Kinds.MUTATING_ADMISSION_POLICIES)) {
                checkPolicy(request);
            } else if (isOf(type, Kinds.VALIDATING_ADMISSION_POLICY_BINDINGS)) {
                checkBinding(request, Kinds.VALIDATING_ADMISSION_POLICIES);
            } else if (isOf(type, Kinds.MUTATING_ADMISSION_POLICY_BINDINGS)) {
                checkBinding(request, Kinds.MUTATING_ADMISSION_POLICIES);
            }
        }
        return request.object();
    }

    /** In whatever version. */
    private static boolean isOf(ResourceType type, ResourceType stored) {
        return type.group().equals(stored.group()) && type.kind().equals(stored.kind());
    }

    private void checkPolicy(AdmissionRequest request) {
        var kind = request.object().spec().object("paramKind");
        boolean same = request.before().filter(before -> before.spec().object("paramKind").equals(kind)).isPresent();
        if (!kind.isEmpty() && !same && !authorizer.allows(request.caller(),
                wanted("get", kind, "*", "*", request))) {
            throw refused(request, "spec.paramKind", "must have \"get\" permission on all objects of the referenced "
                    + "paramKind (kind=" + kind.text("kind") + ", apiVersion=" + kind.text("apiVersion") + ")");
        }
    }

    private void checkBinding(AdmissionRequest request, ResourceType policies) {
        var spec = request.object().spec();
        var ref = spec.object("paramRef");
        boolean same = request.before().map(KubeObject::spec).filter(before -> before.object("paramRef").equals(ref)
                && before.text("policyName").equals(spec.text("policyName"))).isPresent();
        if (ref.isEmpty() || same) {
            return;
        }
        var kind = request.reader().find(policies.key(spec.text("policyName")))
                .map(policy -> policy.spec().object("paramKind")).orElse(JsonObject.EMPTY);
        String verb = ref.text("name").isEmpty() ? "list" : "get";
        if (!authorizer.allows(request.caller(),
                wanted(verb, kind, ref.text("namespace"), ref.text("name"), request))) {
            throw refused(request, "spec.paramRef", "does not have \"" + verb
                    + "\" permission on the object referenced by paramRef");
        }
    }

    /** What is not known, or not known yet, might be anything. */
    private static Attributes wanted(String verb, JsonObject kind, String namespace, String name,
            AdmissionRequest request) {
        String apiVersion = kind.text("apiVersion");
        int slash = apiVersion.indexOf('/');
        boolean known = !apiVersion.isEmpty() && slash == apiVersion.lastIndexOf('/');
        String plural = request.circumstances().catalog().served().stream().map(ServedResource::type)
                .filter(type -> type.apiVersion().equals(apiVersion) && type.kind().equals(kind.text("kind")))
                .map(ResourceType::plural).findFirst().orElse("*");
        return new Attributes(verb, known ? apiVersion.substring(0, Math.max(slash, 0)) : "*", plural, "", namespace,
                name, "", known ? apiVersion.substring(slash + 1) : "*");
    }

    private static ApiException refused(AdmissionRequest request, String field, String why) {
        var type = request.key().type();
        return ApiException.invalid(type.group(), type.kind(), request.key().name(), List.of(new Cause(
                "FieldValueForbidden", "Forbidden: user " + request.caller().name() + " " + why, field)));
    }
}
