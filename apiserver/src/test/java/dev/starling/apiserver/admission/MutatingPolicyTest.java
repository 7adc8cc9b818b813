package dev.starling.apiserver.admission;

import static dev.starling.apiserver.registry.Objects.configMap;
import static dev.starling.apiserver.registry.Objects.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.Request;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What MutatingAdmissionPolicies and their bindings make of objects. */
final class MutatingPolicyTest {
    private static final String ALL = "'matchConstraints':{'resourceRules':[{'operations':['CREATE','UPDATE'],"
            + "'apiGroups':['*'],'apiVersions':['*'],'resources':['configmaps','deployments']}]}";

    private final TestRegistry server = TestRegistry.inMemory();
    private final Request request = Request.by(Caller.component("test"));

    @AfterEach
    void close() {
        server.close();
    }

    private KubeObject create(ResourceType type, KubeObject object) {
        return server.create(request, type, object);
    }

    private void policy(String name, String spec) {
        create(Kinds.MUTATING_ADMISSION_POLICIES, KubeObject.named(Kinds.MUTATING_ADMISSION_POLICIES, "", name)
                .with(json("{" + (spec.contains("matchConstraints") ? "" : ALL + ",") + spec + "}"), "spec"));
        create(Kinds.MUTATING_ADMISSION_POLICY_BINDINGS, KubeObject.named(Kinds.MUTATING_ADMISSION_POLICY_BINDINGS,
                "", name).with(json("{'policyName':'" + name + "'}"), "spec"));
    }

    private static String apply(String expression) {
        return "{'patchType':'ApplyConfiguration','applyConfiguration':{'expression':'" + expression + "'}}";
    }

    private static String patch(String expression) {
        return "{'patchType':'JSONPatch','jsonPatch':{'expression':'" + expression + "'}}";
    }

    private static String adds(String name, String value) {
        return patch("[JSONPatch{op: \\\"add\\\", path: \\\"/data/" + name + "\\\", value: " + value + "}]");
    }

    private static KubeObject deployment() {
        return KubeObject.named(Kinds.DEPLOYMENTS, "default", "d").with(json("{'selector':{'matchLabels':{'a':'b'}},"
                + "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i:1'}]}}}"),
                "spec");
    }

    private ApiException refused(Runnable call) {
        return assertThrows(ApiException.class, call::run);
    }

    @Test
    void anAppliedConfigurationMergesByTheKeysOfLists() {
        policy("p", "'mutations':[" + apply("Object{spec: Object.spec{replicas: 3, template: Object.spec.template{"
                + "spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers{name: \\\"s\\\", "
                + "image: \\\"side:1\\\"}]}}}}") + "]");
        var made = create(Kinds.DEPLOYMENTS, deployment());
        assertEquals(3, made.spec().at("replicas").number(0));
        var containers = made.spec().array("template", "spec", "containers").objects();
        assertEquals("c s", containers.getFirst().text("name") + " " + containers.getLast().text("name"));
        assertEquals("IfNotPresent", containers.getLast().text("imagePullPolicy"));
    }

    @Test
    void aPatchAddsAndATestThatFailsLeavesAllAsItIs() {
        policy("p", "'mutations':[" + adds("more", "string(object.data.size())") + ","
                + patch("[JSONPatch{op: \\\"test\\\", path: \\\"/data/a\\\", value: \\\"no\\\"}, JSONPatch{op: "
                + "\\\"remove\\\", path: \\\"/data/a\\\"}]") + "," + adds("seen", "object.data.more") + "]");
        var made = create(Kinds.CONFIG_MAPS, configMap("c"));
        assertEquals("{\"a\":\"1\",\"more\":\"1\",\"seen\":\"1\"}", made.tree().at("data").toString());
    }

    @Test
    void whatWouldBeReplacedAsAWholeIsRefused() {
        policy("p", "'mutations':[" + apply("Object{spec: Object.spec{selector: Object.spec.selector{matchLabels: "
                + "{\\\"x\\\": \\\"y\\\"}}}}") + "]");
        var refusal = refused(() -> create(Kinds.DEPLOYMENTS, deployment()));
        assertEquals("deployments.apps \"d\" is forbidden: policy 'p' with binding 'p' denied request: error applying "
                + "patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.selector",
                refusal.getMessage());
        assertEquals(422, refusal.code());
    }

    @Test
    void aFailureDeniesUnlessItIsIgnored() {
        policy("p", "'mutations':[" + adds("x", "object.data.missing") + "," + adds("y", "\\\"z\\\"") + "]");
        assertTrue(refused(() -> create(Kinds.CONFIG_MAPS, configMap("c"))).getMessage()
                .endsWith("resulted in error: no such key: missing"));
        server.registry().change(request, Kinds.MUTATING_ADMISSION_POLICIES.key("p"),
                policy -> policy.with("Ignore", "spec", "failurePolicy"), WriteOptions.DEFAULT);
        assertEquals("z", create(Kinds.CONFIG_MAPS, configMap("c")).tree().text("data", "y"));
    }

    @Test
    void anUnknownFieldIsRefusedAndItsPlaceIsKept() {
        policy("p", "'mutations':[" + patch("[JSONPatch{op: \\\"add\\\", path: \\\"/wrong\\\", value: 1}]") + "]");
        assertTrue(refused(() -> create(Kinds.CONFIG_MAPS, configMap("c"))).getMessage()
                .endsWith("strict decoding error: unknown field \"wrong\""));
    }

    @Test
    void variablesConditionsAndParametersCount() {
        create(Kinds.CONFIG_MAPS, configMap("limits"));
        policy("p", "'matchConditions':[{'name':'n','expression':'object.metadata.name != \\\"other\\\"'}],"
                + "'variables':[{'name':'part','expression':'Object.metadata{labels: {\\\"v\\\": params.data.a}}'}],"
                + "'paramKind':{'apiVersion':'v1','kind':'ConfigMap'},'mutations':["
                + apply("Object{metadata: variables.part}") + "]");
        server.registry().change(request, Kinds.MUTATING_ADMISSION_POLICY_BINDINGS.key("p"), binding -> binding.with(
                json("{'name':'limits','parameterNotFoundAction':'Deny'}"), "spec", "paramRef"), WriteOptions.DEFAULT);
        assertEquals("1", create(Kinds.CONFIG_MAPS, configMap("c")).labels().get("v"));
        assertTrue(create(Kinds.CONFIG_MAPS, configMap("other")).labels().isEmpty());
    }

    @Test
    void whoAsksForItSeesWhatOthersChangedLater() {
        policy("a", "'reinvocationPolicy':'IfNeeded','mutations':[" + adds("seen", "string(object.data.size())") + "]");
        policy("b", "'mutations':[" + adds("b", "\\\"x\\\"") + "]");
        policy("c", "'mutations':[" + adds("c", "string(object.data.size())") + "]");
        var made = create(Kinds.CONFIG_MAPS, configMap("m"));
        assertEquals("4 3", made.tree().text("data", "seen") + " " + made.tree().text("data", "c"));
    }

    @Test
    void updatesAreChangedAndDeletionsNot() {
        create(Kinds.CONFIG_MAPS, configMap("c"));
        policy("p", "'mutations':[" + adds("x", "request.operation") + "]");
        assertEquals("UPDATE", server.registry().change(request, Kinds.CONFIG_MAPS.key("default", "c"),
                object -> object.with("2", "data", "a"), WriteOptions.DEFAULT).tree().text("data", "x"));
        server.registry().delete(request, Kinds.CONFIG_MAPS.key("default", "c"), DeleteOptions.DEFAULT);
    }

    @Test
    void aPolicyThatCannotWorkIsRefused() {
        assertTrue(refused(() -> policy("p", "'mutations':[" + apply("Object{spec: ") + "]")).getMessage()
                .contains("spec.mutations[0].applyConfiguration.expression: Invalid value"));
        assertTrue(refused(() -> policy("p", "'mutations':[]")).getMessage().contains("spec.mutations: Required"));
        assertTrue(refused(() -> policy("p", "'mutations':[" + patch("[]") + "]," + ALL.replace("'UPDATE'",
                "'DELETE'"))).getMessage().contains("Unsupported value: \"DELETE\""));
        assertTrue(refused(() -> policy("p", "'mutations':[{'patchType':'JSONPatch','applyConfiguration':"
                + "{'expression':'Object{}'}}]")).getMessage().contains("spec.mutations[0].jsonPatch.expression"));
    }

    @Test
    void theBetaVersionIsTheSameObject() {
        var beta = new ResourceType("admissionregistration.k8s.io", "v1beta1", "mutatingadmissionpolicies",
                "MutatingAdmissionPolicy", false);
        var refusal = refused(() -> create(beta, KubeObject.named(beta, "", "p").with(json("{" + ALL
                + ",'mutations':[" + apply("Object{") + "]}"), "spec")));
        assertTrue(refusal.getMessage().contains("compilation failed"), refusal.getMessage());
        create(beta, KubeObject.named(beta, "", "p").with(json("{" + ALL + ",'mutations':["
                + apply("Object{metadata: Object.metadata{labels: {\\\"x\\\": \\\"y\\\"}}}") + "]}"), "spec"));
        var stored = server.registry().get(Kinds.MUTATING_ADMISSION_POLICIES.key("p"));
        assertEquals("admissionregistration.k8s.io/v1 Never Fail", stored.apiVersion() + " "
                + stored.spec().text("reinvocationPolicy") + " " + stored.spec().text("failurePolicy"));
        JsonObject rule = stored.spec().array("matchConstraints", "resourceRules").objects().getFirst();
        assertEquals("*", rule.text("scope"));
        assertFalse(stored.uid().isEmpty());
    }

    @Test
    void conditionsBuildNoObjects() {
        assertTrue(refused(() -> policy("p", "'matchConditions':[{'name':'c','expression':'has(Object{}.spec)'}],"
                + "'mutations':[" + adds("x", "\\\"a\\\"") + "]")).getMessage()
                .contains("spec.matchConditions[0].expression: Invalid value"));
    }

    @Test
    void aValueThatDoesNotFitItsFieldIsAFailureOfThePolicy() {
        policy("p", "'mutations':[" + adds("x", "{\\\"a\\\": 5}") + "]");
        var refusal = refused(() -> create(Kinds.CONFIG_MAPS, configMap("c")));
        assertTrue(refusal.getMessage().startsWith("configmaps \"c\" is forbidden: policy 'p' with binding 'p' denied "
                + "request: JSONPath: "), refusal.getMessage());
        assertEquals(422, refusal.code());
        server.registry().change(request, Kinds.MUTATING_ADMISSION_POLICIES.key("p"),
                policy -> policy.with("Ignore", "spec", "failurePolicy"), WriteOptions.DEFAULT);
        assertFalse(create(Kinds.CONFIG_MAPS, configMap("c")).tree().object("data").has("x"));
    }
}
