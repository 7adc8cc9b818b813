package dev.starling.apiserver.kinds;

import static dev.starling.apiserver.registry.Objects.json;
import static dev.starling.apiserver.registry.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The subresources by which a pod that is there gets more containers, or other sizes. */
final class PodPartsTest {
    private static final ObjectKey POD = Kinds.PODS.key("default", "p");
    private static final ObjectKey EPHEMERAL = POD.sub("ephemeralcontainers");
    private static final ObjectKey RESIZE = POD.sub("resize");

    private final TestRegistry server = TestRegistry.inMemory();
    private final KubeApi api = server.api();

    @BeforeEach
    void make() {
        api.create(POD, object("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{'containers':[{"
                + "'name':'main','image':'i','resources':{'requests':{'cpu':'1','memory':'1Gi','example.com/x':'1'},"
                + "'limits':{'cpu':'2','example.com/x':'1'}}}],'initContainers':[{'name':'first','image':'i'},{'name':"
                + "'side','image':'i','restartPolicy':'Always','resources':{'requests':{'cpu':'1'}}}],'volumes':[{"
                + "'name':'v','emptyDir':{}}]}}"));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private KubeObject debugged(String container) {
        return api.patch(EPHEMERAL, new Patch.Strategic(json("{'spec':{'ephemeralContainers':[" + container + "]}}")));
    }

    private KubeObject resized(String spec) {
        return api.patch(RESIZE, new Patch.Strategic(json("{'spec':{" + spec + "}}")));
    }

    private static List<String> names(KubeObject pod) {
        return pod.spec().array("ephemeralContainers").objects().stream().map(one -> one.text("name")).toList();
    }

    private static String refusal(Runnable write) {
        var refusal = assertThrows(ApiException.class, write::run);
        assertEquals(422, refusal.code(), refusal::getMessage);
        return refusal.getMessage();
    }

    @Test
    void areNamedByDiscoveryWithTheVerbsOfUpstream() {
        var subs = server.kinds().stream().filter(kind -> kind.type().equals(Kinds.PODS)).findFirst().orElseThrow()
                .served().subresources();
        for (String name : List.of("ephemeralcontainers", "resize")) {
            var sub = subs.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
            assertEquals("Pod " + List.of("get", "patch", "update"), sub.kind() + " " + sub.verbs());
        }
        assertEquals("p", api.get(EPHEMERAL).name());
        assertEquals("p", api.get(RESIZE).name());
    }

    @Test
    void anEphemeralContainerIsAddedWithItsDefaultsAndNothingElse() {
        var wanted = api.get(EPHEMERAL).with(JsonReader.read("[{\"name\":\"look\",\"image\":\"busybox\","
                        + "\"targetContainerName\":\"main\"}]"), "spec", "ephemeralContainers")
                .with("other", "spec", "hostname").with("yes", "metadata", "labels", "a");
        var after = api.update(EPHEMERAL, wanted);
        assertEquals(List.of("look"), names(after));
        assertEquals("Always", after.spec().array("ephemeralContainers").at(0).object().text("imagePullPolicy"));
        assertFalse(after.spec().has("hostname") || after.labels().containsKey("a"));
        assertEquals(Set.of("look", "again"), Set.copyOf(names(debugged("{'name':'again','image':'busybox:1'}"))));
        assertEquals(409, assertThrows(ApiException.class, () -> api.update(EPHEMERAL, wanted)).code());
    }

    @Test
    void aDryRunAddsNone() {
        api.patch(EPHEMERAL, new Patch.Strategic(json("{'spec':{'ephemeralContainers':[{'name':'a','image':'i'}]}}")),
                new WriteOptions(true, "", WriteOptions.FieldValidation.WARN));
        assertEquals(List.of(), names(api.get(POD)));
    }

    @Test
    void anEphemeralContainerStaysAsItIs() {
        debugged("{'name':'a','image':'i'}");
        assertTrue(refusal(() -> api.update(EPHEMERAL, api.get(POD).without("spec", "ephemeralContainers")))
                .contains("existing ephemeral containers \"a\" may not be removed"));
        assertTrue(refusal(() -> debugged("{'name':'a','image':'other'}"))
                .contains("existing ephemeral containers \"a\" may not be changed"));
        assertTrue(refusal(() -> api.patch(POD, new Patch.Strategic(json(
                "{'spec':{'ephemeralContainers':[{'name':'b','image':'i'}]}}"))))
                .contains("pod updates may not change fields other than"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "'name':'main'|name: Duplicate value: \"\"main\"\"",
        "'name':'a b'|name: Invalid value: ",
        "'name':'a','ports':[{'containerPort':80}]|ports: Forbidden: cannot be set for an Ephemeral Container",
        "'name':'a','resources':{'limits':{'cpu':'1'}}|resources: Forbidden: cannot be set for an Ephemeral Container",
        "'name':'a','livenessProbe':{'exec':{'command':['a']}}|livenessProbe: Forbidden: cannot be set for",
        "'name':'a','readinessProbe':{'exec':{'command':['a']}}|readinessProbe: Forbidden: cannot be set for",
        "'name':'a','startupProbe':{'exec':{'command':['a']}}|startupProbe: Forbidden: cannot be set for",
        "'name':'a','lifecycle':{'preStop':{'exec':{'command':['a']}}}|lifecycle: Forbidden: cannot be set for",
        "'name':'a','targetContainerName':'none'|targetContainerName: Not found: \"\"none\"\"",
        "'name':'a','volumeMounts':[{'name':'v','mountPath':'/v','subPath':'s'}]|volumeMounts[0].subPath: Forbidden: "
                + "cannot be set for an Ephemeral Container"})
    void whatNoEphemeralContainerHasIsRefused(String container, String why) {
        String refusal = refusal(() -> debugged("{'image':'i'," + container + "}"));
        assertTrue(refusal.contains("spec.ephemeralContainers[0]." + why.replace("\"\"", "\"")), refusal);
    }

    @Test
    void aContainerGetsAnotherSize() {
        var after = resized("'containers':[{'name':'main','resources':{'requests':{'cpu':'1500m'},'limits':{'cpu':'3'}"
                + "},'image':'other'}],'initContainers':[{'name':'side','resources':{'requests':{'cpu':'2'}}}]");
        var main = after.spec().array("containers").at(0).object();
        assertEquals("1500m 3 1Gi i", main.text("resources", "requests", "cpu") + " "
                + main.text("resources", "limits", "cpu") + " " + main.text("resources", "requests", "memory") + " "
                + main.text("image"));
        assertEquals("2", after.spec().array("initContainers").at(1).object().text("resources", "requests", "cpu"));
        assertTrue(refusal(() -> api.patch(POD, new Patch.Strategic(json("{'spec':{'containers':[{'name':'main',"
                + "'resources':{'requests':{'cpu':'1'}}}]}}")))).contains("pod updates may not change fields"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "'containers':[{'name':'main','resources':{'requests':{'memory':null}}}]|spec.containers[0].resources.requests:"
                + " Forbidden: resource requests cannot be removed",
        "'containers':[{'name':'main','resources':{'limits':{'cpu':null}}}]|spec.containers[0].resources.limits: "
                + "Forbidden: resource limits cannot be removed",
        "'containers':[{'name':'main','resources':{'requests':{'example.com/x':'2'},'limits':{'example.com/x':'2'}}}]|"
                + "spec: Forbidden: only cpu and memory resources are mutable",
        "'containers':[{'name':'more','image':'i'}]|spec: Forbidden: only cpu and memory resources are mutable",
        "'initContainers':[{'name':'first','resources':{'requests':{'cpu':'1'}}}]|spec: Forbidden: resources for "
                + "non-sidecar init containers are immutable",
        "'containers':[{'name':'main','resources':{'requests':{'cpu':'9'}}}]|must be less than or equal to cpu limit"})
    void whatNoResizeMayChangeIsRefused(String spec, String why) {
        String refusal = refusal(() -> resized(spec));
        assertTrue(refusal.contains(why), refusal);
    }

    @Test
    void theQualityOfServiceStays() {
        api.create(Kinds.PODS.key("default", "plain"), object("{'apiVersion':'v1','kind':'Pod','metadata':{'name':"
                + "'plain'},'spec':{'containers':[{'name':'c','image':'i'}]}}"));
        assertTrue(refusal(() -> api.patch(Kinds.PODS.key("default", "plain").sub("resize"), new Patch.Strategic(json(
                "{'spec':{'containers':[{'name':'c','resources':{'requests':{'cpu':'1'}}}]}}")))).contains(
                "spec: Invalid value: \"BestEffort\": Pod QOS Class may not change as a result of resizing"));
    }

    @Test
    void aNodeThatTellsOfNoSizesCannotResize() {
        api.update(POD.sub("status"), api.get(POD).with(JsonReader.read(
                "[{\"name\":\"main\",\"image\":\"i\",\"imageID\":\"\",\"ready\":true,\"restartCount\":0,\"state\":{"
                        + "\"running\":{}}}]"), "status", "containerStatuses"));
        assertTrue(refusal(() -> resized("'containers':[{'name':'main','resources':{'limits':{'cpu':'3'}}}]"))
                .contains("Pod running on node without support for resize"));
    }

    @Test
    void anAppliedConfigurationOwnsNoMoreThanItsPart() {
        var applied = api.patch(EPHEMERAL, new Patch.Apply(json("{'apiVersion':'v1','kind':'Pod','metadata':{'name':"
                + "'p','labels':{'a':'b'}},'spec':{'hostname':'h','ephemeralContainers':[{'name':'look','image':'i'}]"
                + "}}"), false), new WriteOptions(false, "looker", WriteOptions.FieldValidation.STRICT));
        assertEquals(List.of("look"), names(applied));
        assertFalse(applied.labels().containsKey("a") || applied.spec().has("hostname"));
        JsonObject owner = applied.metadata().array("managedFields").objects().stream()
                .filter(entry -> entry.text("manager").equals("looker")).findFirst().orElseThrow();
        assertEquals("ephemeralcontainers", owner.text("subresource"));
        assertEquals(List.of("f:ephemeralContainers"), List.copyOf(owner.object("fieldsV1", "f:spec").names()));
        assertFalse(owner.object("fieldsV1").has("f:metadata"));
    }

    @Test
    void whatIsPatchedIsOwnedByTheSubresource() {
        var after = api.patch(RESIZE, new Patch.Strategic(json("{'spec':{'containers':[{'name':'main','resources':{"
                + "'limits':{'cpu':'3'}}}]}}")), new WriteOptions(false, "sizer", WriteOptions.FieldValidation.WARN));
        JsonObject owner = after.metadata().array("managedFields").objects().stream()
                .filter(entry -> entry.text("manager").equals("sizer")).findFirst().orElseThrow();
        assertEquals("resize", owner.text("subresource"));
        assertTrue(new String(after.bytes(), StandardCharsets.UTF_8).contains("\"cpu\":\"3\""));
        assertEquals(Json.of("v1"), owner.at("apiVersion"));
    }
}
