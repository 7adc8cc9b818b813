package dev.starling.apiserver.kinds;

import static dev.starling.apiserver.registry.Objects.deployment;
import static dev.starling.apiserver.registry.Objects.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Applications merge by schema, conflict with other owners, and take away what their applier gives up. */
final class ServerSideApplyTest {
    private static final ObjectKey DEPLOYMENT = Kinds.DEPLOYMENTS.key("default", "d");
    private static final ObjectKey MAP = Kinds.CONFIG_MAPS.key("default", "m");
    private static final ObjectKey SERVICE = Kinds.SERVICES.key("default", "s");

    private final TestRegistry server = TestRegistry.inMemory();
    private final KubeApi api = server.api();

    @AfterEach
    void close() {
        server.close();
    }

    private static WriteOptions by(String manager) {
        return new WriteOptions(false, manager, WriteOptions.FieldValidation.STRICT);
    }

    private KubeObject apply(String manager, ObjectKey key, String configuration) {
        return apply(manager, key, configuration, false);
    }

    private KubeObject force(String manager, ObjectKey key, String configuration) {
        return apply(manager, key, configuration, true);
    }

    private KubeObject apply(String manager, ObjectKey key, String rest, boolean force) {
        var head = JsonObject.of("apiVersion", key.type().apiVersion(), "kind", key.type().kind());
        var named = head.withAt(Json.of(key.name()), "metadata", "name");
        var body = json(rest);
        var whole = JsonObject.builder().putAll(named).putAll(body).build();
        var metadata = JsonObject.builder().put("name", key.name()).putAll(body.object("metadata")).build();
        return api.patch(key, new Patch.Apply(whole.with("metadata", metadata), force), by(manager));
    }

    private static ApiException refused(Reason reason, Executable call) {
        var refusal = assertThrows(ApiException.class, call);
        assertEquals(reason, refusal.reason(), refusal.getMessage());
        return refusal;
    }

    private static List<JsonObject> entries(KubeObject object) {
        return object.metadata().array("managedFields").objects();
    }

    private static JsonObject fields(KubeObject object, String manager) {
        return entries(object).stream().filter(entry -> entry.text("manager").equals(manager))
                .map(entry -> entry.object("fieldsV1")).findFirst().orElse(JsonObject.EMPTY);
    }

    @Test
    void createsWhatIsMissingAndOwnsOnlyWhatIsSaid() {
        var made = apply("a", DEPLOYMENT, deployment("d").tree().without("metadata").toString());
        assertEquals(1, made.spec().at("replicas").number(0));
        assertEquals(json("{'f:spec':{'f:selector':{},'f:template':{'f:metadata':{'f:labels':{'f:app':{}}},'f:spec':{"
                + "'f:containers':{'k:{\\'name\\':\\'main\\'}':{'.':{},'f:image':{},'f:name':{}}}}}}}"),
                fields(made, "a"));
        var entry = entries(made).getFirst();
        assertEquals("Apply apps/v1", entry.text("operation") + " " + entry.text("apiVersion"));
        server.clock().pass(Duration.ofMinutes(1));
        assertEquals(made, apply("a", DEPLOYMENT, deployment("d").tree().without("metadata").toString()));
    }

    @Test
    void takesAwayWhatOnlyTheApplierOwnedAndGaveUp() {
        apply("a", MAP, "{'data':{'x':'1','y':'1','z':'1'}}");
        apply("b", MAP, "{'data':{'y':'1'}}");
        var left = apply("a", MAP, "{'data':{'x':'1'}}");
        assertEquals(json("{'x':'1','y':'1'}"), left.tree().object("data"));
        assertEquals(json("{'f:data':{'f:y':{}}}"), fields(left, "b"));
        api.patch(MAP, new Patch.Merge(json("{'data':{'u':'1'}}")), by("c"));
        var rest = apply("a", MAP, "{}");
        assertEquals(json("{'u':'1','y':'1'}"), rest.tree().object("data"));
        assertEquals(List.of("b", "c"), entries(rest).stream().map(entry -> entry.text("manager")).toList());
    }

    @Test
    void refusesToTakeFieldsFromTheirOwnersUnlessForced() {
        apply("a", DEPLOYMENT, deployment("d").tree().without("metadata").toString());
        api.patch(new ObjectKey(DEPLOYMENT.type(), "default", "d", "scale"),
                new Patch.Merge(json("{'spec':{'replicas':3}}")), by("hpa"));
        var one = refused(Reason.CONFLICT, () -> apply("a", DEPLOYMENT, "{'spec':{'replicas':2}}"));
        assertEquals("Apply failed with 1 conflict: conflict with \"hpa\" with subresource \"scale\" using apps/v1: "
                + ".spec.replicas", one.getMessage());
        assertEquals(json("{'causes':[{'reason':'FieldManagerConflict','message':'conflict with \\'hpa\\' with "
                + "subresource \\'scale\\' using apps/v1','field':'.spec.replicas'}]}"), one.details());
        var more = refused(Reason.CONFLICT, () -> apply("b", DEPLOYMENT, "{'spec':{'replicas':2,'template':{'spec':{"
                + "'containers':[{'name':'main','image':'other'}]}}}}"));
        assertEquals("""
                Apply failed with 2 conflicts: conflicts with "a":
                - .spec.template.spec.containers[name="main"].image
                conflicts with "hpa" with subresource "scale" using apps/v1:
                - .spec.replicas""", more.getMessage());
        var forced = force("b", DEPLOYMENT, "{'spec':{'replicas':2}}");
        assertEquals(2, forced.spec().at("replicas").number(0));
        assertEquals(JsonObject.EMPTY, fields(forced, "hpa"));
    }

    @Test
    void sharesWhatAllAgreeOn() {
        apply("a", MAP, "{'data':{'x':'1'}}");
        var shared = apply("b", MAP, "{'data':{'x':'1'}}");
        assertEquals(fields(shared, "a"), fields(shared, "b"));
        refused(Reason.CONFLICT, () -> apply("a", MAP, "{'data':{'x':'2'}}"));
        assertEquals(json("{'x':'1'}"), apply("a", MAP, "{}").tree().object("data"));
        assertFalse(apply("b", MAP, "{}").tree().has("data"));
    }

    @Test
    void mergesListsByTheirKeysWithDefaultsInThem() {
        apply("a", SERVICE, "{'spec':{'ports':[{'port':80,'name':'http'}]}}");
        var both = apply("b", SERVICE, "{'spec':{'ports':[{'port':80,'protocol':'UDP','name':'u'}]}}");
        assertEquals(List.of("http", "u"), both.spec().array("ports").objects().stream().map(p -> p.text("name"))
                .toList());
        assertTrue(fields(both, "a").object("f:spec", "f:ports").has("k:{\"port\":80,\"protocol\":\"TCP\"}"));
        refused(Reason.CONFLICT,
                () -> apply("b", SERVICE, "{'spec':{'ports':[{'port':80,'protocol':'TCP','name':'mine'}]}}"));
        var left = apply("a", SERVICE, "{'spec':{'ports':[{'port':81,'name':'n'}]}}");
        assertEquals(List.of("u", "n"), left.spec().array("ports").objects().stream().map(p -> p.text("name"))
                .toList());
    }

    @Test
    void replacesAtomicListsWhole() {
        String tolerations = "{'spec':{'containers':[{'name':'c','image':'i','command':['%s']}]}}";
        var key = Kinds.PODS.key("default", "p");
        apply("a", key, String.format(tolerations, "x"));
        var refusal = refused(Reason.CONFLICT, () -> apply("b", key, String.format(tolerations, "y")));
        assertTrue(refusal.getMessage().endsWith(".spec.containers[name=\"c\"].command"), refusal.getMessage());
    }

    @Test
    void ownsElementsOfSets() {
        apply("a", MAP, "{'metadata':{'finalizers':['x/a']}}");
        var both = apply("b", MAP, "{'metadata':{'finalizers':['x/b']}}");
        assertEquals(List.of("x/a", "x/b"), both.finalizers());
        assertEquals(json("{'f:metadata':{'f:finalizers':{'v:\\'x/b\\'':{}}}}"), fields(both, "b"));
        assertEquals(List.of("x/b"), apply("a", MAP, "{}").finalizers());
    }

    @Test
    void appliesAStatusAlone() {
        apply("a", DEPLOYMENT, deployment("d").tree().without("metadata").toString());
        var key = new ObjectKey(DEPLOYMENT.type(), "default", "d", "status");
        var told = apply("s", key, "{'metadata':{'labels':{'no':'t'}},'spec':{'replicas':9},"
                + "'status':{'conditions':[{'type':'A','status':'True'}]}}");
        assertEquals("A", told.status().array("conditions").at(0).object().text("type"));
        assertEquals(1, told.spec().at("replicas").number(0));
        assertEquals(json("{'f:status':{'f:conditions':{'k:{\\'type\\':\\'A\\'}':{'.':{},"
                + "'f:status':{},'f:type':{}}}}}"),
                fields(told, "s"));
        var ignored = apply("a2", DEPLOYMENT, "{'status':{'replicas':4}}");
        assertEquals(0, ignored.status().at("replicas").number(0));
        refused(Reason.NOT_FOUND, () -> apply("s", new ObjectKey(DEPLOYMENT.type(), "default", "no", "status"), "{}"));
    }

    @Test
    void appliesAScale() {
        apply("a", DEPLOYMENT, deployment("d").with(Json.of(2), "spec", "replicas").tree()
                .without("metadata").toString());
        var key = new ObjectKey(DEPLOYMENT.type(), "default", "d", "scale");
        var scale = json("{'apiVersion':'autoscaling/v1','kind':'Scale','metadata':{'name':'d'},"
                + "'spec':{'replicas':4}}");
        var refusal = refused(Reason.CONFLICT, () -> api.patch(key, new Patch.Apply(scale, false), by("s")));
        assertEquals("Apply failed with 1 conflict: conflict with \"a\": .spec.replicas", refusal.getMessage());
        var scaled = api.patch(key, new Patch.Apply(scale, true), by("s"));
        assertEquals("Scale 4", scaled.kind() + " " + scaled.spec().at("replicas"));
        var seen = api.get(DEPLOYMENT);
        assertEquals(json("{'f:spec':{'f:replicas':{}}}"), fields(seen, "s"));
        assertFalse(fields(seen, "a").object("f:spec").has("f:replicas"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "{'data':{'x':1}} | .data.x: expected string, got &value.valueUnstructured{Value:1}",
        "{'dato':{}} | .dato: field not declared in schema",
        "{'metadata':{'labelz':{}},'data':[]} | "
                + "errors:~  .metadata.labelz: field not declared in schema~  .data: expected map, got &{[]}",
        "{'metadata':{'finalizers':['a','a']}} | .metadata.finalizers: duplicate entries for key [=\"a\"]",
    })
    void refusesWhatDoesNotFitTheSchema(String configuration, String why) {
        var refusal = refused(Reason.BAD_REQUEST, () -> apply("a", MAP, configuration));
        assertEquals("failed to create typed patch object (/m; v1, Kind=ConfigMap): " + why.replace('~', '\n'),
                refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "{'metadata':{'managedFields':[]}} | BAD_REQUEST | metadata.managedFields must be nil",
        "{'apiVersion':'v2'} | BAD_REQUEST | Incorrect version specified in apply patch. Specified patch version: v2, "
                + "expected: v1",
        "{'metadata':{'uid':'u'}} | CONFLICT | Operation cannot be fulfilled on configmaps \"m\": uid mismatch: the "
                + "provided object specified uid u, and no existing object was found",
        "{'metadata':{'resourceVersion':'1'}} | CONFLICT | Operation cannot be fulfilled on configmaps \"m\": the "
                + "object has been modified; please apply your changes to the latest version and try again",
    })
    void refusesWhatMeansAnotherObject(String configuration, Reason reason, String why) {
        assertEquals(why, refused(reason, () -> apply("a", MAP, configuration)).getMessage());
    }

    @Test
    void meetsTheObjectThatIsMeant() {
        var made = apply("a", MAP, "{'data':{'x':'1'}}");
        var stale = refused(Reason.CONFLICT, () -> apply("a", MAP, "{'metadata':{'resourceVersion':'1'}}"));
        assertTrue(stale.getMessage().contains("the object has been modified"), stale.getMessage());
        refused(Reason.CONFLICT, () -> apply("a", MAP, "{'metadata':{'uid':'other'}}"));
        var named = "{'metadata':{'uid':'" + made.uid() + "','resourceVersion':'" + made.resourceVersion()
                + "'},'data':{'x':'2'}}";
        assertEquals("2", apply("a", MAP, named).tree().text("data", "x"));
    }

    @Test
    void unsetsByNull() {
        apply("a", DEPLOYMENT, deployment("d").with(Json.of(5), "spec", "replicas").tree()
                .without("metadata").toString());
        var unset = apply("a", DEPLOYMENT, "{'spec':{'replicas':null,'selector':{'matchLabels':{'app':'x'}},"
                + "'template':{'metadata':{'labels':{'app':'x'}},"
                + "'spec':{'containers':[{'name':'main','image':'nginx:1'}]}}}}");
        assertEquals(1, unset.spec().at("replicas").number(0));
        assertTrue(fields(unset, "a").object("f:spec").has("f:replicas"));
    }

    @Test
    void dryRunsStoreNothing() {
        var dry = new WriteOptions(true, "a", WriteOptions.FieldValidation.STRICT);
        var made = api.patch(MAP, new Patch.Apply(json("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m'},"
                + "'data':{'a':'b'}}"), false), dry);
        assertEquals("b", made.tree().text("data", "a"));
        refused(Reason.NOT_FOUND, () -> api.get(MAP));
    }

    @Test
    void whatWasThereBeforeHasAnOwnerOfItsOwn() {
        var made = apply("x", MAP, "{'data':{'a':'1','b':'1'}}");
        api.update(MAP, made.with(JsonArray.EMPTY, "metadata", "managedFields"), by("y"));
        assertEquals(List.of(), entries(api.get(MAP)));
        var refusal = refused(Reason.CONFLICT, () -> apply("a", MAP, "{'data':{'a':'2'}}"));
        assertEquals("Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .data.a",
                refusal.getMessage());
        assertEquals(json("{'f:data':{'.':{},'f:b':{}}}"),
                fields(force("a", MAP, "{'data':{'a':'2'}}"), "before-first-apply"));
    }

    @Test
    void takesOverWhatKubectlAppliedFromItsOwnSide() {
        var annotation = "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m'},'data':{'a':'1','b':'1'}}"
                .replace('\'', '"');
        var object = KubeObject.of(json("{'metadata':{'name':'m'},'data':{'a':'1','b':'1'}}")).with(annotation,
                "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration");
        api.create(MAP, object, by("kubectl-client-side-apply"));
        refused(Reason.CONFLICT, () -> apply("other", MAP, "{'data':{'a':'2'}}"));
        var taken = apply("kubectl", MAP, "{'data':{'a':'2'}}");
        assertEquals(json("{'a':'2','b':'1'}"), taken.tree().object("data"));
        assertEquals("{\"apiVersion\":\"v1\",\"data\":{\"a\":\"2\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":"
                + "\"m\"}}\n", taken.annotations().get("kubectl.kubernetes.io/last-applied-configuration"));
        api.patch(MAP, new Patch.Merge(json("{'data':{'a':'3'}}")), by("edit"));
        refused(Reason.CONFLICT, () -> apply("kubectl", MAP, "{'data':{'a':'4'}}"));
    }

    @Test
    void ownersByAnotherVersionKeepWhatTheyNamedThere() {
        var old = Kinds.AUTOSCALERS_V1.key("default", "h");
        var now = Kinds.HORIZONTAL_POD_AUTOSCALERS.key("default", "h");
        String target = "'scaleTargetRef':{'apiVersion':'apps/v1','kind':'Deployment','name':'d'}";
        apply("old", old, "{'spec':{'maxReplicas':5,'targetCPUUtilizationPercentage':70," + target + "}}");
        String cpu = "{'type':'Resource','resource':{'name':'cpu','target':{'type':'Utilization',"
                + "'averageUtilization':80}}}";
        var refusal = refused(Reason.CONFLICT, () -> apply("new", now, "{'spec':{'maxReplicas':9,'metrics':[" + cpu
                + "]," + target + "}}"));
        assertEquals("Apply failed with 2 conflicts: conflicts with \"old\":\n- .spec.maxReplicas\n"
                + "- .spec.targetCPUUtilizationPercentage", refusal.getMessage());
        var forced = force("new", now, "{'spec':{'maxReplicas':9,'metrics':[" + cpu + "]," + target + "}}");
        assertEquals(List.of("autoscaling/v1", "autoscaling/v2"), entries(forced).stream()
                .map(entry -> entry.text("apiVersion")).sorted().toList());
        var left = fields(forced, "old").toString();
        assertTrue(left.contains("f:scaleTargetRef") && !left.contains("f:maxReplicas"), left);
        var given = apply("old", old, "{'spec':{" + target + "}}");
        assertEquals(9, given.spec().at("maxReplicas").number(0));
        assertEquals(80, given.spec().at("targetCPUUtilizationPercentage").number(0));
    }
}
