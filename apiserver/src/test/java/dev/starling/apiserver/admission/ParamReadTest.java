package dev.starling.apiserver.admission;

import static dev.starling.apiserver.registry.Objects.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.access.Callers;
import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.Request;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A policy reads its parameters for whoever writes it, so he must be allowed to read them himself. */
final class ParamReadTest {
    private static final Caller EVE = Callers.authenticated("eve", List.of());
    private static final String SECRETS = "'paramKind':{'apiVersion':'v1','kind':'Secret'}";
    private static final String NAMED = "'paramRef':{'name':'s','namespace':'default','parameterNotFoundAction':"
            + "'Deny'}";

    private final TestRegistry server = TestRegistry.inMemory();

    @AfterEach
    void close() {
        server.close();
    }

    private void create(Caller caller, ResourceType type, String spec) {
        server.registry().create(Request.by(caller), type.key("p"), KubeObject.named(type, "", "p")
                .with(json("{" + spec + "}"), "spec"), WriteOptions.DEFAULT);
    }

    private void policy(Caller caller, String more) {
        create(caller, Kinds.VALIDATING_ADMISSION_POLICIES, "'matchConstraints':{'resourceRules':[{'operations':"
                + "['CREATE'],'apiGroups':[''],'apiVersions':['v1'],'resources':['configmaps']}]},"
                + "'validations':[{'expression':'true'}]" + more);
    }

    private void binding(Caller caller, String more) {
        create(caller, Kinds.VALIDATING_ADMISSION_POLICY_BINDINGS, "'policyName':'p','validationActions':['Deny']"
                + more);
    }

    private void allow(String rules) {
        var roles = new ResourceType("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false);
        var bindings = new ResourceType("rbac.authorization.k8s.io", "v1", "clusterrolebindings",
                "ClusterRoleBinding", false);
        server.api().create(roles.key("r"), KubeObject.named(roles, "", "r")
                .with(json("{'r':[" + rules + "]}").array("r"), "rules"));
        server.api().create(bindings.key("r"), KubeObject.named(bindings, "", "r")
                .with(json("{'apiGroup':'rbac.authorization.k8s.io','kind':'ClusterRole','name':'r'}"), "roleRef")
                .with(json("{'s':[{'apiGroup':'rbac.authorization.k8s.io','kind':'User','name':'eve'}]}").array("s"),
                        "subjects"));
    }

    private static ApiException refused(Runnable call) {
        return assertThrows(ApiException.class, call::run);
    }

    @Test
    void whoMayNotReadAKindMayNotMakeItParameters() {
        var refusal = refused(() -> policy(EVE, "," + SECRETS));
        assertEquals("ValidatingAdmissionPolicy.admissionregistration.k8s.io \"p\" is invalid: spec.paramKind: "
                + "Forbidden: user eve must have \"get\" permission on all objects of the referenced paramKind "
                + "(kind=Secret, apiVersion=v1)", refusal.getMessage());
        assertEquals(422, refusal.code());
        policy(EVE, "");
        assertTrue(refused(() -> server.registry().change(Request.by(EVE),
                Kinds.VALIDATING_ADMISSION_POLICIES.key("p"), policy -> policy.with(
                        json("{'apiVersion':'v1','kind':'Secret'}"), "spec", "paramKind"), WriteOptions.DEFAULT))
                .getMessage().contains("spec.paramKind: Forbidden"));
    }

    @Test
    void whoMayReadThemMayAndWhatStaysIsNotAskedAgain() {
        policy(Caller.component("test"), "," + SECRETS);
        server.registry().change(Request.by(EVE), Kinds.VALIDATING_ADMISSION_POLICIES.key("p"),
                policy -> policy.with("Ignore", "spec", "failurePolicy"), WriteOptions.DEFAULT);
        server.api().delete(Kinds.VALIDATING_ADMISSION_POLICIES.key("p"));
        allow("{'apiGroups':[''],'resources':['secrets'],'verbs':['get']}");
        policy(EVE, "," + SECRETS);
        binding(EVE, "," + NAMED);
        var all = NAMED.replace("'name':'s'", "'selector':{}");
        assertTrue(refused(() -> server.registry().change(Request.by(EVE),
                Kinds.VALIDATING_ADMISSION_POLICY_BINDINGS.key("p"), binding -> binding.with(
                        json("{" + all + "}").object("paramRef"), "spec", "paramRef"), WriteOptions.DEFAULT))
                .getMessage().contains("user eve does not have \"list\" permission on the object referenced by "
                        + "paramRef"));
    }

    @Test
    void aBindingNamesOnlyWhatItsAuthorMayRead() {
        policy(Caller.component("test"), "," + SECRETS);
        var refusal = refused(() -> binding(EVE, "," + NAMED));
        assertTrue(refusal.getMessage().endsWith("spec.paramRef: Forbidden: user eve does not have \"get\" permission "
                + "on the object referenced by paramRef"), refusal.getMessage());
        allow("{'apiGroups':[''],'resources':['secrets'],'resourceNames':['s'],'verbs':['get']}");
        binding(EVE, "," + NAMED);
    }

    @Test
    void whatIsNotKnownYetTakesTheRightToReadAll() {
        assertTrue(refused(() -> binding(EVE, "," + NAMED)).getMessage().contains("spec.paramRef: Forbidden"));
        allow("{'apiGroups':['*'],'resources':['*'],'verbs':['get']}");
        binding(EVE, "," + NAMED);
    }
}
