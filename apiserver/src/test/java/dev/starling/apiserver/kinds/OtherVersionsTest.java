package dev.starling.apiserver.kinds;

import static dev.starling.apiserver.registry.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.json.Json;
import dev.starling.kube.object.FieldSelector;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Kinds of two versions are one kind. */
final class OtherVersionsTest {
    private static final String METRICS = "autoscaling.alpha.kubernetes.io/metrics";
    private final TestRegistry server = TestRegistry.inMemory();
    private final KubeApi api = server.api();

    @AfterEach
    void close() {
        server.close();
    }

    private KubeObject make(String spec) {
        var made = object("{'metadata':{'name':'a'},'spec':" + spec + "}");
        return api.create(Kinds.HORIZONTAL_POD_AUTOSCALERS.key("default", "a"), made);
    }

    @Test
    void anOldAutoscalerIsANewOne() {
        var key = Kinds.AUTOSCALERS_V1.key("default", "a");
        var old = api.create(key, object("{'metadata':{'name':'a'},'spec':{'maxReplicas':3,"
                + "'scaleTargetRef':{'kind':'Deployment','name':'d','apiVersion':'apps/v1'}}}"));
        assertEquals("autoscaling/v1", old.apiVersion());
        assertEquals(80, old.spec().at("targetCPUUtilizationPercentage").number(0));
        var now = api.get(Kinds.HORIZONTAL_POD_AUTOSCALERS.key("default", "a"));
        assertEquals("autoscaling/v2", now.apiVersion());
        assertEquals(object("{'type':'Resource','resource':{'name':'cpu','target':{'type':'Utilization',"
                + "'averageUtilization':80}}}").tree(), now.spec().array("metrics").at(0));
        assertEquals(old, api.update(key, old));
    }

    @Test
    void whatTheOldVersionDoesNotKnowTravelsInAnnotations() {
        var made = make("{'maxReplicas':3,'scaleTargetRef':{'kind':'Deployment','name':'d'},"
                + "'behavior':{'scaleDown':{'stabilizationWindowSeconds':5}},'metrics':["
                + "{'type':'Pods','pods':{'metric':{'name':'m'},'target':{'type':'AverageValue','averageValue':'5'}}},"
                + "{'type':'Object','object':{'describedObject':{'kind':'Service','name':'s'},'metric':{'name':'r'},"
                + "'target':{'type':'Value','value':'2k'}}}]}");
        var key = Kinds.AUTOSCALERS_V1.key("default", "a");
        var old = api.get(key);
        assertTrue(old.spec().at("targetCPUUtilizationPercentage").isNull());
        assertEquals("[{\"type\":\"Pods\",\"pods\":{\"metricName\":\"m\",\"targetAverageValue\":\"5\"}},"
                + "{\"type\":\"Object\",\"object\":{\"target\":{\"kind\":\"Service\",\"name\":\"s\"},"
                + "\"metricName\":\"r\",\"targetValue\":\"2k\"}}]", old.annotations().get(METRICS));
        api.update(key, old.with("x", "metadata", "labels", "l"));
        var now = api.get(Kinds.HORIZONTAL_POD_AUTOSCALERS.key("default", "a"));
        assertEquals(made.spec(), now.spec());
        assertTrue(now.annotations().isEmpty());
    }

    @Test
    void theOldVersionIsValidatedAsTheNewOne() {
        var refusal = assertThrows(ApiException.class, () -> api.create(Kinds.AUTOSCALERS_V1.key("default", "a"),
                object("{'metadata':{'name':'a'},'spec':{'maxReplicas':0,"
                        + "'scaleTargetRef':{'kind':'Deployment','name':'d'}}}")));
        assertTrue(refusal.getMessage().contains("spec.maxReplicas: Invalid value: 0: must be greater than 0"));
    }

    @Test
    void eventsOfBothGroupsAreTheSame() {
        var event = object("{'metadata':{'name':'e'},'regarding':{'kind':'Pod','namespace':'default','name':'p'},"
                + "'note':'hello','reason':'R','action':'A','type':'Normal','reportingController':'example.com/c',"
                + "'reportingInstance':'i','eventTime':'2030-01-01T00:00:00.000001Z'}");
        var made = api.create(Kinds.EVENTS_V1.key("default", "e"), event);
        assertEquals("events.k8s.io/v1", made.apiVersion());
        var core = api.get(Kinds.EVENTS.key("default", "e"));
        assertEquals("v1", core.apiVersion());
        assertEquals("p", core.tree().text("involvedObject", "name"));
        assertEquals("hello", core.tree().text("message"));
        assertEquals("example.com/c", core.tree().text("reportingComponent"));
        assertFalse(core.tree().has("note"));
        var found = api.list(ListQuery.all(Kinds.EVENTS_V1).with(FieldSelector.parse("regarding.name=p")));
        assertEquals(made, found.items().getFirst());
    }

    @Test
    void eventsAreNamedFreelyInTheOldGroupAlone() {
        var event = object("{'involvedObject':{'kind':'Pod','namespace':'default','name':'p'}}");
        var made = api.create(Kinds.EVENTS.key("default", "JobManager.1"), event.with("JobManager.1", "metadata",
                "name"));
        assertEquals("JobManager.1", made.name());
        var refusal = assertThrows(ApiException.class, () -> api.create(Kinds.EVENTS_V1.key("default", "E"), object(
                "{'metadata':{'name':'E'},'regarding':{'kind':'Pod','namespace':'default','name':'p'},'reason':'R',"
                        + "'action':'A','type':'Normal','reportingController':'example.com/c',"
                        + "'reportingInstance':'i','eventTime':'2030-01-01T00:00:00.000001Z'}")));
        assertTrue(refusal.getMessage().contains("metadata.name: Invalid value: \"E\": a lowercase RFC 1123"),
                refusal.getMessage());
    }

    @Test
    void budgetsAreNamedFreely() {
        var key = Kinds.POD_DISRUPTION_BUDGETS.key("default", "Web_Budget");
        assertEquals("Web_Budget", api.create(key, object("{'metadata':{'name':'Web_Budget'},'spec':{}}")).name());
    }

    @Test
    void theSystemsPrioritiesStandFromTheStart() {
        assertEquals(2_000_001_000L, api.get(Kinds.PRIORITY_CLASSES.key("system-node-critical")).tree()
                .at("value").number(0));
    }

    @Test
    void aReplicationControllerIsScaledByItsLabels() {
        var key = Kinds.REPLICATION_CONTROLLERS.key("default", "r");
        api.create(key, object("{'metadata':{'name':'r'},'spec':{'replicas':2,'selector':{'a':'b'},'template':{"
                + "'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i'}]}}}}"));
        var scale = api.get(key.sub("scale"));
        assertEquals("a=b", scale.status().text("selector"));
        api.update(key.sub("scale"), scale.with(Json.of(3), "spec", "replicas"));
        assertEquals(3, api.get(key).spec().at("replicas").number(0));
    }
}
