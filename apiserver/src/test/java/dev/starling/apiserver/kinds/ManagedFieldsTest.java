package dev.starling.apiserver.kinds;

import static dev.starling.apiserver.registry.Objects.configMap;
import static dev.starling.apiserver.registry.Objects.deployment;
import static dev.starling.apiserver.registry.Objects.json;
import static dev.starling.apiserver.registry.Objects.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

/** Who owns which fields after creations, updates and patches. */
final class ManagedFieldsTest {
    private static final ObjectKey MAP = Kinds.CONFIG_MAPS.key("default", "m");

    private final TestRegistry server = TestRegistry.inMemory();
    private final KubeApi api = server.api();

    @AfterEach
    void close() {
        server.close();
    }

    private static WriteOptions by(String manager) {
        return new WriteOptions(false, manager, WriteOptions.FieldValidation.STRICT);
    }

    private static List<JsonObject> entries(KubeObject object) {
        return object.metadata().array("managedFields").objects();
    }

    private static JsonObject fields(KubeObject object, String manager) {
        return entries(object).stream().filter(entry -> entry.text("manager").equals(manager))
                .map(entry -> entry.object("fieldsV1")).findFirst().orElse(JsonObject.EMPTY);
    }

    private KubeObject merge(String manager, String change) {
        return api.patch(MAP, new Patch.Merge(json(change)), by(manager));
    }

    @Test
    void whoCreatesOwnsAllThatIsSaidAndDefaulted() {
        var made = api.create(Kinds.DEPLOYMENTS.key("default", "d"), deployment("d"), by("kubectl-create"));
        assertEquals(json("{'f:spec':{'f:progressDeadlineSeconds':{},'f:replicas':{},'f:revisionHistoryLimit':{},"
                + "'f:selector':{},'f:strategy':{'f:rollingUpdate':{'.':{},'f:maxSurge':{},'f:maxUnavailable':{}},"
                + "'f:type':{}},'f:template':{'f:metadata':{'f:labels':{'.':{},'f:app':{}}},'f:spec':{'f:containers':{"
                + "'k:{\\'name\\':\\'main\\'}':{'.':{},'f:image':{},'f:imagePullPolicy':{},'f:name':{},"
                + "'f:resources':{},'f:terminationMessagePath':{},'f:terminationMessagePolicy':{}}},'f:dnsPolicy':{},"
                + "'f:restartPolicy':{},'f:schedulerName':{},'f:securityContext':{},"
                + "'f:terminationGracePeriodSeconds':{}}}}}"), fields(made, "kubectl-create"));
        var entry = entries(made).getFirst();
        assertEquals(List.of("manager", "operation", "apiVersion", "time", "fieldsType", "fieldsV1"), entry.names());
        assertEquals("Update apps/v1 2030-01-01T00:00:00Z FieldsV1", entry.text("operation") + " "
                + entry.text("apiVersion") + " " + entry.text("time") + " " + entry.text("fieldsType"));
    }

    @Test
    void whatIsAdmittedHasNoOwner() {
        var made = api.create(Kinds.PODS.key("default", "p"), pod("p"), by("a"));
        assertTrue(made.spec().has("serviceAccountName"));
        assertTrue(!fields(made, "a").object("f:spec").has("f:serviceAccountName"));
    }

    @Test
    void whoChangesAFieldTakesItFromItsOwner() {
        api.create(MAP, configMap("m"), by("a"));
        var changed = merge("b", "{'data':{'a':'2','b':'3'},'metadata':{'labels':{'x':'y'}}}");
        assertEquals(json("{'f:data':{}}"), fields(changed, "a"));
        assertEquals(json("{'f:data':{'f:a':{},'f:b':{}},'f:metadata':{'f:labels':{'.':{},'f:x':{}}}}"),
                fields(changed, "b"));
        var removed = merge("c", "{'data':{'b':null}}");
        assertEquals(json("{'f:data':{'f:a':{}},'f:metadata':{'f:labels':{'.':{},'f:x':{}}}}"), fields(removed, "b"));
        assertEquals(List.of("a", "b"), entries(removed).stream().map(entry -> entry.text("manager")).toList());
    }

    @Test
    void statusAndScaleAreOwnedApart() {
        var key = Kinds.DEPLOYMENTS.key("default", "d");
        api.create(key, deployment("d"), by("a"));
        server.clock().pass(Duration.ofSeconds(1));
        api.patch(new ObjectKey(key.type(), "default", "d", "status"),
                new Patch.Merge(json("{'status':{'replicas':1,'conditions':[{'type':'Available','status':'True'}]}}")));
        var scaled = api.patch(new ObjectKey(key.type(), "default", "d", "scale"),
                new Patch.Merge(json("{'spec':{'replicas':3}}")), by("hpa"));
        assertEquals(3, scaled.spec().at("replicas").number(0));
        var seen = api.get(key);
        assertEquals(List.of("a//2030-01-01T00:00:00Z", "hpa/scale/2030-01-01T00:00:01Z",
                "starling-test/status/2030-01-01T00:00:01Z"), entries(seen).stream().map(entry -> entry.text("manager")
                + "/" + entry.text("subresource") + "/" + entry.text("time")).toList());
        assertEquals(json("{'f:spec':{'f:replicas':{}}}"), fields(seen, "hpa"));
        assertEquals(json("{'f:status':{'f:conditions':{'.':{},'k:{\\'type\\':\\'Available\\'}':{'.':{},"
                + "'f:status':{},'f:type':{}}},'f:replicas':{}}}"), fields(seen, "starling-test"));
    }

    @Test
    void aWriteThatChangesNothingLeavesTheTimes() {
        var made = api.create(MAP, configMap("m"), by("a"));
        server.clock().pass(Duration.ofMinutes(1));
        var again = api.update(MAP, configMap("m"), by("b"));
        assertEquals(made, again);
        assertEquals(made, merge("a", "{'data':{'a':'1'}}"));
    }

    @Test
    void ownersAreKeptWhateverIsSentAndForgottenWhenAsked() {
        var made = api.create(MAP, configMap("m"), by("a"));
        var kept = api.update(MAP, made.with(JsonArray.of(JsonObject.of("manager", "x")), "metadata", "managedFields"),
                by("a"));
        assertEquals(entries(made), entries(kept));
        var reset = merge("a", "{'metadata':{'managedFields':[{}]}}");
        assertEquals(List.of(), entries(reset));
        assertEquals(List.of(), entries(merge("a", "{'data':{'a':'7'}}")));
    }

    @Test
    void clientsMayWriteOwners() {
        var made = api.create(MAP, configMap("m"), by("a"));
        var entry = entries(made).getFirst().without("time").with("manager", Json.of("z"));
        var renamed = api.update(MAP, made.with(JsonArray.of(entry), "metadata", "managedFields"), by("a"));
        assertEquals(List.of(entry), entries(renamed));
    }

    @Test
    void theOldestOfManyUpdatersArePutTogether() {
        api.create(MAP, configMap("m"), by("creator"));
        for (int i = 0; i < 12; i++) {
            server.clock().pass(Duration.ofSeconds(1));
            merge("m" + i, "{'data':{'k" + i + "':'v'}}");
        }
        var seen = entries(api.get(MAP));
        assertEquals(10, seen.size());
        assertEquals("ancient-changes", seen.getFirst().text("manager"));
        assertEquals(json("{'f:data':{'.':{},'f:a':{},'f:k0':{},'f:k1':{},'f:k2':{}}}"),
                seen.getFirst().object("fieldsV1"));
        assertEquals("2030-01-01T00:00:03Z", seen.getFirst().text("time"));
    }

    @Test
    void bindingsHaveNoOwner() {
        api.create(Kinds.PODS.key("default", "p"), pod("p"), by("a"));
        var before = entries(api.get(Kinds.PODS.key("default", "p")));
        api.create(new ObjectKey(Kinds.PODS, "default", "p", "binding"),
                KubeObject.of(json("{'target':{'kind':'Node','name':'n'}}")));
        assertEquals(before, entries(api.get(Kinds.PODS.key("default", "p"))));
    }
}
