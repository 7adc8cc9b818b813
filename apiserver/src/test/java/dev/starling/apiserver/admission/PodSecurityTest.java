package dev.starling.apiserver.admission;

import static dev.starling.apiserver.registry.Objects.deployment;
import static dev.starling.apiserver.registry.Objects.object;
import static dev.starling.apiserver.registry.Objects.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.Request;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Namespaces with Pod Security labels. */
final class PodSecurityTest {
    private static final String LABEL = "pod-security.kubernetes.io/";

    private final TestRegistry server = TestRegistry.inMemory();
    private final Request request = Request.by(Caller.component("test"));

    @AfterEach
    void close() {
        server.close();
    }

    private List<String> create(ResourceType type, KubeObject object) {
        var own = Request.by(request.caller());
        server.registry().create(own, type.key(type.namespaced() ? "safe" : "", object.name()), object,
                WriteOptions.DEFAULT);
        return own.warnings().all();
    }

    private void safeNamespace(String labels) {
        create(Kinds.NAMESPACES, object("{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'safe','labels':"
                + labels.replace("@", LABEL) + "}}"));
        create(Kinds.SERVICE_ACCOUNTS, KubeObject.named(Kinds.SERVICE_ACCOUNTS, "safe", "default"));
    }

    private static KubeObject withContext(String context) {
        return object("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{'containers':[{'name':'main',"
                + "'image':'nginx:1','securityContext':" + context + "}]}}");
    }

    private void refused(String message, Runnable call) {
        var refusal = assertThrows(ApiException.class, call::run);
        assertEquals(Reason.FORBIDDEN, refusal.reason(), refusal.getMessage());
        assertEquals(message, refusal.getMessage());
    }

    @Test
    void refusesAnOrdinaryPodWhereRestrictedIsEnforced() {
        safeNamespace("{'@enforce':'restricted'}");
        refused("pods \"a\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != "
                + "false (container \"main\" must set securityContext.allowPrivilegeEscalation=false), unrestricted "
                + "capabilities (container \"main\" must set securityContext.capabilities.drop=[\"ALL\"]), "
                + "runAsNonRoot != true (pod or container \"main\" must set securityContext.runAsNonRoot=true), "
                + "seccompProfile (pod or container \"main\" must set securityContext.seccompProfile.type to "
                + "\"RuntimeDefault\" or \"Localhost\")", () -> create(Kinds.PODS, pod("a")));
        create(Kinds.PODS, withContext("{'allowPrivilegeEscalation':false,'runAsNonRoot':true,'capabilities':{'drop':"
                + "['ALL']},'seccompProfile':{'type':'RuntimeDefault'}}"));
    }

    @Test
    void refusesPrivilegesWhereBaselineIsEnforcedInAVersion() {
        safeNamespace("{'@enforce':'baseline','@enforce-version':'v1.30'}");
        refused("pods \"p\" is forbidden: violates PodSecurity \"baseline:v1.30\": non-default capabilities "
                + "(container \"main\" must not include \"NET_ADMIN\" in securityContext.capabilities.add), "
                + "privileged (container \"main\" must not set securityContext.privileged=true), seLinuxOptions "
                + "(container \"main\" set forbidden securityContext.seLinuxOptions: type \"container_engine_t\")",
                () -> create(Kinds.PODS, withContext("{'privileged':true,'capabilities':{'add':['NET_ADMIN']},"
                        + "'seLinuxOptions':{'type':'container_engine_t'}}")));
        create(Kinds.PODS, pod("a"));
    }

    @Test
    void warnsOfTemplatesThatMakeRefusedPods() {
        safeNamespace("{'@enforce':'restricted','@warn':'baseline'}");
        assertEquals(List.of(), create(Kinds.DEPLOYMENTS, deployment("a")));
        assertEquals(List.of("would violate PodSecurity \"baseline:latest\": host namespaces (hostPID=true)"),
                create(Kinds.DEPLOYMENTS, object("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'b'}"
                        + ",'spec':{'selector':{'matchLabels':{'app':'x'}},'template':{'metadata':{'labels':{'app':"
                        + "'x'}},'spec':{'hostPID':true,'containers':[{'name':'main','image':'nginx:1'}]}}}}")));
    }

    @Test
    void warnsAsItEnforcesWhereNothingElseIsSaid() {
        safeNamespace("{'@enforce':'baseline'}");
        assertEquals(List.of("would violate PodSecurity \"baseline:latest\": hostPath volumes (volume \"v\")"),
                create(Kinds.DEPLOYMENTS, deployment("b").with(object("{'spec':{'volumes':[{'name':'v','hostPath':"
                        + "{'path':'/'}}]}}").spec().array("volumes"), "spec", "template", "spec", "volumes")));
    }

    @Test
    void refusesLabelsThatAreNoStandard() {
        var refusal = assertThrows(ApiException.class,
                () -> safeNamespace("{'@enforce':'strict','@warn-version':'1.3'}"));
        assertEquals("Namespace \"safe\" is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]: Invalid "
                + "value: \"strict\": must be one of privileged, baseline, restricted, "
                + "metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: \"1.3\": must be "
                + "\"latest\" or \"v1.x\"]", refusal.getMessage());
    }

    @Test
    void tellsWhichPodsAreAgainstAStandardThatBegins() {
        safeNamespace("{}");
        create(Kinds.PODS, pod("b"));
        create(Kinds.PODS, pod("a"));
        create(Kinds.PODS, withContext("{'privileged':true}"));
        var own = Request.by(request.caller());
        server.registry().change(own, Kinds.NAMESPACES.key("safe"), namespace -> namespace.with("baseline", "metadata",
                "labels", LABEL + "enforce"), WriteOptions.DEFAULT);
        assertEquals(List.of("existing pods in namespace \"safe\" violate the new PodSecurity enforce level "
                + "\"baseline:latest\"", "p: privileged"), own.warnings().all());
    }
}
