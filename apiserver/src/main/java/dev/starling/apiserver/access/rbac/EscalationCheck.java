package dev.starling.apiserver.access.rbac;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.access.Callers;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.List;

/**
 * Nobody gives what he does not have: a role that allows more than its author may is refused unless he may
 * {@code escalate}, and a binding to such a role unless he may {@code bind} it.
 */
public final class EscalationCheck implements Admission {
    private static final List<PolicyRule> EVERYTHING = List.of(
            new PolicyRule(List.of("*"), List.of("*"), List.of("*"), List.of(), List.of()),
            new PolicyRule(List.of("*"), List.of(), List.of(), List.of(), List.of("*")));

    private final Authorizer authorizer;
    private final RoleAuthorizer roles;

    /** @param authorizer all of them, which say who may escalate and bind */
    public EscalationCheck(Authorizer authorizer, RoleAuthorizer roles) {
        this.authorizer = authorizer;
        this.roles = roles;
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        boolean writes = request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
        if (writes && request.key().type().group().equals(Kinds.ROLES.group())
                && !request.caller().groups().contains(Callers.MASTERS) && changesMuch(request)) {
            switch (request.key().type().plural()) {
                case "roles", "clusterroles" -> checkRole(request);
                case "rolebindings", "clusterrolebindings" -> checkBinding(request);
                default -> { }
            }
        }
        return request.object();
    }

    /** Whoever collects garbage may set owners and finalizers of what he could not grant. */
    private static boolean changesMuch(AdmissionRequest request) {
        return request.before().map(before -> !kept(before).equals(kept(request.object()))).orElse(true);
    }

    private static JsonObject kept(KubeObject object) {
        return object.without("metadata", "ownerReferences").without("metadata", "finalizers")
                .without("metadata", "managedFields").without("metadata", "resourceVersion").tree();
    }

    private void checkRole(AdmissionRequest request) {
        var type = request.key().type();
        String name = request.operation() == Operation.CREATE ? "" : request.key().name();
        if (authorizer.allows(request.caller(), new Attributes("escalate", type.group(), type.plural(), "",
                request.key().namespace(), name, "", type.version()))) {
            return;
        }
        confirm(request, PolicyRule.all(request.object().tree().array("rules")));
        boolean collects = collects(request.object()) || request.before().map(EscalationCheck::collects).orElse(false);
        if (collects && !Coverage.missing(roles.rules(request.caller(), ""), EVERYTHING).isEmpty()) {
            throw ApiException.forbidden(type.qualifiedPlural(), request.key().name(),
                    "must have cluster-admin privileges to use the aggregationRule");
        }
    }

    private static boolean collects(KubeObject role) {
        return !role.tree().object("aggregationRule").array("clusterRoleSelectors").isEmpty();
    }

    private void checkBinding(AdmissionRequest request) {
        var reference = request.object().tree().object("roleRef");
        boolean local = reference.text("kind").equals("Role");
        String namespace = request.key().namespace();
        String name = reference.text("name");
        if (authorizer.allows(request.caller(), new Attributes("bind", reference.text("apiGroup"),
                local ? "roles" : "clusterroles", "", namespace, name, "", "v1"))) {
            return;
        }
        var place = new RoleIndex.Place(local ? namespace : "", name);
        confirm(request, roles.role(place).orElseThrow(() -> ApiException.notFound(
                (local ? "role." : "clusterrole.") + Kinds.ROLES.group(), name)));
    }

    private void confirm(AdmissionRequest request, List<PolicyRule> wanted) {
        var caller = request.caller();
        var missing = Coverage.missing(roles.rules(caller, request.key().namespace()), wanted);
        if (!missing.isEmpty()) {
            throw ApiException.forbidden(request.key().type().qualifiedPlural(), request.key().name(),
                    "user \"" + caller.name() + "\" (groups=" + PolicyRule.quoted(caller.groups())
                    + ") is attempting to grant RBAC permissions not currently held:\n"
                    + String.join("\n", Coverage.described(missing)));
        }
    }
}
