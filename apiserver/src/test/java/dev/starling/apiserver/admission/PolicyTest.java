package dev.starling.apiserver.admission;

import static dev.starling.apiserver.registry.Objects.configMap;
import static dev.starling.apiserver.registry.Objects.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.custom.Customs;
import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.Request;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.webhook.Webhooks;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.ThreadDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What ValidatingAdmissionPolicies and their bindings refuse and warn of. */
final class PolicyTest {
    private static final String CONFIG_MAPS = "'matchConstraints':{'resourceRules':[{'operations':['CREATE','UPDATE',"
            + "'DELETE'],'apiGroups':[''],'apiVersions':['v1'],'resources':['configmaps']}]}";

    private final TestRegistry server = TestRegistry.inMemory();
    private final Request request = Request.by(Caller.component("test"));

    @AfterEach
    void close() {
        server.close();
    }

    private KubeObject create(ResourceType type, KubeObject object) {
        return server.create(request, type, object);
    }

    private void policy(String spec) {
        create(Kinds.VALIDATING_ADMISSION_POLICIES, KubeObject.named(Kinds.VALIDATING_ADMISSION_POLICIES, "", "p")
                .with(json("{" + CONFIG_MAPS + "," + spec + "}"), "spec"));
    }

    private void binding(String spec) {
        create(Kinds.VALIDATING_ADMISSION_POLICY_BINDINGS, KubeObject.named(
                Kinds.VALIDATING_ADMISSION_POLICY_BINDINGS, "", "b").with(json("{'policyName':'p'," + spec + "}"),
                "spec"));
    }

    private static KubeObject withData(String name, String value) {
        return configMap(name).with(value, "data", "a");
    }

    private ApiException refused(Runnable call) {
        return assertThrows(ApiException.class, call::run);
    }

    @Test
    void whatABindingOnlyAuditsIsToldToTheAuditLog() {
        policy("'validations':[{'expression':'object.data.a != \\\"bad\\\"'}],'auditAnnotations':[{'key':'value',"
                + "'valueExpression':'object.data.a'}]");
        binding("'validationActions':['Audit']");
        create(Kinds.CONFIG_MAPS, withData("c", "bad"));
        assertEquals(Map.of("p/value", "bad", "validation.policy.admission.k8s.io/validation_failure",
                "[{\"message\":\"failed expression: object.data.a != \\\"bad\\\"\",\"policy\":\"p\",\"binding\":\"b\","
                        + "\"expressionIndex\":0,\"validationActions\":[\"Audit\"]}]"), request.notes().all());
        assertEquals(List.of(), request.warnings().all());
    }

    @Test
    void aRuleThatDoesNotHoldDeniesInTheWordsOfKubernetes() {
        policy("'validations':[{'expression':'object == null || object.data.a != \\\"bad\\\"'}]");
        binding("'validationActions':['Deny']");
        create(Kinds.CONFIG_MAPS, withData("good", "fine"));
        var refusal = refused(() -> create(Kinds.CONFIG_MAPS, withData("c", "bad")));
        assertEquals("configmaps \"c\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: "
                + "failed expression: object == null || object.data.a != \"bad\"", refusal.getMessage());
        assertEquals(422, refusal.code());
        server.registry().delete(request, Kinds.CONFIG_MAPS.key("default", "good"), DeleteOptions.DEFAULT);
    }

    @Test
    void variablesAndMessagesAreReckoned() {
        policy("'variables':[{'name':'size','expression':'object.data.size()'}],'validations':[{'expression':"
                + "'variables.size > 5','messageExpression':'string(variables.size) + \\\" is few\\\"',"
                + "'reason':'Forbidden'}]");
        binding("'validationActions':['Deny']");
        var refusal = refused(() -> create(Kinds.CONFIG_MAPS, configMap("c")));
        assertTrue(refusal.getMessage().endsWith("denied request: 1 is few"), refusal.getMessage());
        assertEquals(403, refusal.code());
    }

    @Test
    void aBindingMayOnlyWarn() {
        policy("'validations':[{'expression':'false','message':'think again'}]");
        binding("'validationActions':['Warn','Audit']");
        create(Kinds.CONFIG_MAPS, configMap("c"));
        assertEquals(List.of("Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': think again"),
                request.warnings().all());
    }

    @Test
    void parametersComeFromTheObjectThatABindingNames() {
        create(Kinds.CONFIG_MAPS, withData("limits", "ok"));
        policy("'paramKind':{'apiVersion':'v1','kind':'ConfigMap'},'validations':[{'expression':"
                + "'object.data.a == params.data.a','message':'not as in params'}]");
        binding("'paramRef':{'name':'limits','parameterNotFoundAction':'Deny'},'validationActions':['Deny']");
        create(Kinds.CONFIG_MAPS, withData("c", "ok"));
        assertTrue(refused(() -> create(Kinds.CONFIG_MAPS, withData("d", "no"))).getMessage()
                .endsWith("not as in params"));
    }

    @Test
    void missingParametersAreRefusedWhereTheBindingSaysSo() {
        policy("'paramKind':{'apiVersion':'v1','kind':'ConfigMap'},'validations':[{'expression':'true'}]");
        binding("'paramRef':{'name':'none','parameterNotFoundAction':'Deny'},'validationActions':['Deny']");
        assertTrue(refused(() -> create(Kinds.CONFIG_MAPS, configMap("c"))).getMessage().endsWith("failed to configure "
                + "binding: no params found for policy binding with `Deny` parameterNotFoundAction"));
    }

    @Test
    void anErrorDeniesUnlessFailuresAreIgnored() {
        policy("'failurePolicy':'Fail','validations':[{'expression':'object.data.missing == \\\"x\\\"'}]");
        binding("'validationActions':['Deny']");
        var refusal = refused(() -> create(Kinds.CONFIG_MAPS, configMap("c"))).getMessage();
        assertTrue(refusal.endsWith("expression 'object.data.missing == \"x\"' resulted in error: "
                + "no such key: missing"),
                refusal);
        server.registry().change(request, Kinds.VALIDATING_ADMISSION_POLICIES.key("p"),
                policy -> policy.with("Ignore", "spec", "failurePolicy"), WriteOptions.DEFAULT);
        create(Kinds.CONFIG_MAPS, configMap("c"));
    }

    @Test
    void conditionsAndNamespacesNarrowAPolicy() {
        policy("'matchConditions':[{'name':'blue','expression':'object.metadata.name.startsWith(\\\"blue\\\") && "
                + "request.namespace == \\\"default\\\"'}],'validations':[{'expression':'false'}]");
        binding("'validationActions':['Deny'],'matchResources':{'namespaceSelector':{'matchLabels':"
                + "{'kubernetes.io/metadata.name':'default'}}}");
        create(Kinds.CONFIG_MAPS, configMap("red"));
        refused(() -> create(Kinds.CONFIG_MAPS, configMap("blue")));
    }

    @Test
    void anExpressionThatCannotBeCompiledIsRefused() {
        var refusal = refused(() -> policy("'validations':[{'expression':'object.data.a =='}]"));
        assertEquals(422, refusal.code());
        assertTrue(refusal.getMessage().contains("spec.validations[0].expression: Invalid value: \"object.data.a ==\": "
                + "compilation failed: ERROR: "), refusal.getMessage());
    }

    @Test
    void theStatusTellsWhatDoesNotFitTheTypes() {
        var driver = new ThreadDriver(InstantSource.system());
        try (var status = server.admissions().startPolicies(driver, server.api(),
                Customs.types(server.registry().catalog(), Schemas.builtIn()))) {
            assertTrue(status != null);
            policy("'validations':[{'expression':'object.dada.a == 1'}]");
            var warning = warnings().getFirst();
            assertEquals("spec.validations[0].expression", warning.text("fieldRef"));
            assertTrue(warning.text("warning").startsWith("v1, Kind=ConfigMap: "), warning.text("warning"));
        }
    }

    /** What the status says of the policy's types, once it does. */
    private List<JsonObject> warnings() {
        var deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        var key = Kinds.VALIDATING_ADMISSION_POLICIES.key("p");
        while (!server.api().get(key).status().has("typeChecking")) {
            assertTrue(System.nanoTime() < deadline, "no type check came");
            Thread.onSpinWait();
        }
        return server.api().get(key).status().array("typeChecking", "expressionWarnings").objects();
    }

    @Test
    void theStatusTellsWhatDoesNotFitTheTypesOfCustomKinds() {
        var driver = new ThreadDriver(InstantSource.system());
        var schemas = Schemas.builtIn();
        try (var customs = Customs.over(server.registry(), schemas, Webhooks.NONE, driver);
                var status = server.admissions().startPolicies(driver, server.api(),
                        Customs.types(server.registry().catalog(), schemas))) {
            assertTrue(customs != null && status != null);
            create(Kinds.CUSTOM_RESOURCE_DEFINITIONS, KubeObject.of(json("{'apiVersion':'apiextensions.k8s.io/v1',"
                    + "'kind':'CustomResourceDefinition','metadata':{'name':'bells.example.com'},'spec':{'group':"
                    + "'example.com','scope':'Namespaced','names':{'plural':'bells','kind':'Bell'},'versions':[{"
                    + "'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object',"
                    + "'properties':{'spec':{'type':'object','properties':{'tone':{'type':'string'}}}}}}}]}}")));
            var deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (!server.registry().catalog().serves("example.com", "v1")) {
                assertTrue(System.nanoTime() < deadline, "the kind is not served");
                Thread.onSpinWait();
            }
            create(Kinds.VALIDATING_ADMISSION_POLICIES, KubeObject.named(Kinds.VALIDATING_ADMISSION_POLICIES, "", "p")
                    .with(json("{'matchConstraints':{'resourceRules':[{'apiGroups':['example.com'],'apiVersions':["
                            + "'v1'],'operations':['*'],'resources':['bells']}]},'validations':[{'expression':"
                            + "'object.spec.tone == 1'},{'expression':'object.spec.tone.size() > 0'}]}"), "spec"));
            assertEquals(List.of("spec.validations[0].expression"),
                    warnings().stream().map(warning -> warning.text("fieldRef")).toList());
            assertTrue(warnings().getFirst().text("warning").startsWith("example.com/v1, Kind=Bell: "));
        }
    }

    @Test
    void expressionsMayAskWhatTheCallerMayDo() {
        policy("'validations':[{'expression':'authorizer.group(\\\"\\\").resource(\\\"secrets\\\")"
                + ".namespace(\\\"default\\\").check(\\\"get\\\").allowed()'}]");
        binding("'validationActions':['Deny']");
        create(Kinds.CONFIG_MAPS, configMap("mine"));
        var stranger = Request.by(new Caller("eve", "", List.of("system:authenticated"), Map.of()));
        refused(() -> server.registry().create(stranger, Kinds.CONFIG_MAPS.key("default", "c"), configMap("c"),
                WriteOptions.DEFAULT));
    }

    @Test
    void twoAuditAnnotationsOfOneKeyAreRefused() {
        var refusal = refused(() -> policy("'auditAnnotations':[{'key':'a','valueExpression':'null'},{'key':'a',"
                + "'valueExpression':'null'}]"));
        assertTrue(refusal.getMessage().contains("spec.auditAnnotations[1].key: Duplicate value: \"a\""),
                refusal.getMessage());
    }

    @Test
    void auditAnnotationsAreBoundedInNumberAndSize() {
        var many = IntStream.range(0, 21).mapToObj(i -> "{'key':'k" + i + "','valueExpression':'null'}")
                .collect(Collectors.joining(","));
        for (var entry : Map.of(many, "must not have more than 20 auditAnnotations",
                "{'key':'" + "k".repeat(64) + "','valueExpression':'null'}",
                "spec.auditAnnotations[0].key: Invalid value: \"p/" + "k".repeat(64) + "\": name part must be no more "
                        + "than 63 ",
                "{'key':'','valueExpression':'null'}", "spec.auditAnnotations[0].key: Invalid value: \"p/\"",
                "{'key':'a','valueExpression':'" + "null".repeat(1281) + "'}",
                "spec.auditAnnotations[0].valueExpression: Required value: must not exceed 5120 bytes in length",
                "{'key':'a','valueExpression':' '}",
                "spec.auditAnnotations[0].valueExpression: Required value: valueExpression is not specified")
                .entrySet()) {
            String refusal = refused(() -> policy("'auditAnnotations':[" + entry.getKey() + "]")).getMessage();
            assertTrue(refusal.contains(entry.getValue()), refusal);
        }
    }

    @Test
    void matchConditionsAreBoundedAndNamed() {
        var many = IntStream.range(0, 65).mapToObj(i -> "{'name':'c" + i + "','expression':'true'}")
                .collect(Collectors.joining(","));
        for (var entry : Map.of(many, "spec.matchConditions: Too many: 65: must have at most 64 items",
                "{'name':'a b','expression':'true'}", "spec.matchConditions[0].name: Invalid value: \"a b\"",
                "{'name':'a','expression':'true'},{'name':'a','expression':'true'}",
                "spec.matchConditions[1].name: Duplicate value: \"a\"").entrySet()) {
            String refusal = refused(() -> policy("'validations':[{'expression':'true'}],'matchConditions':["
                    + entry.getKey() + "]")).getMessage();
            assertTrue(refusal.contains(entry.getValue()), refusal);
        }
    }

    @Test
    void anAuditAnnotationOfAnotherTypeIsAnError() {
        policy("'auditAnnotations':[{'key':'a','valueExpression':'dyn(5)'},{'key':'b','valueExpression':'null'}]");
        binding("'validationActions':['Deny']");
        var refusal = refused(() -> create(Kinds.CONFIG_MAPS, configMap("c"))).getMessage();
        assertTrue(refusal.contains("valueExpression 'dyn(5)' resulted in unsupported return type: int. Return type "
                + "must be either string or null"), refusal);
        server.registry().change(request, Kinds.VALIDATING_ADMISSION_POLICIES.key("p"),
                policy -> policy.with("Ignore", "spec", "failurePolicy"), WriteOptions.DEFAULT);
        create(Kinds.CONFIG_MAPS, configMap("c"));
    }
}
