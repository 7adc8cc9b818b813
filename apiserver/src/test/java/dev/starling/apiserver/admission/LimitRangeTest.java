package dev.starling.apiserver.admission;

import static dev.starling.apiserver.registry.Objects.json;
import static dev.starling.apiserver.registry.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What LimitRanges give and refuse. */
final class LimitRangeTest {
    private final TestRegistry server = TestRegistry.inMemory();
    private final KubeApi api = server.api();

    @AfterEach
    void close() {
        server.close();
    }

    private KubeObject create(ResourceType type, KubeObject object) {
        return api.create(type.key("default", object.name()), object, WriteOptions.DEFAULT);
    }

    private KubeObject limits(String items) {
        return create(Kinds.LIMIT_RANGES, object("{'apiVersion':'v1','kind':'LimitRange','metadata':{'name':'l'},"
                + "'spec':{'limits':" + items + "}}"));
    }

    private KubeObject createPod(String resources) {
        return create(Kinds.PODS, object("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{"
                + "'containers':[{'name':'web','image':'nginx:1','resources':" + resources + "}]}}"));
    }

    private void refused(String why, Runnable call) {
        var refusal = assertThrows(ApiException.class, call::run);
        assertEquals(Reason.FORBIDDEN, refusal.reason(), refusal.getMessage());
        assertEquals(why, refusal.getMessage());
    }

    @Test
    void givesContainersWhatTheyDoNotAskFor() {
        limits("[{'type':'Container','default':{'cpu':'500m','memory':'1Gi'},'defaultRequest':{'cpu':'100m'}}]");
        var pod = createPod("{'requests':{'memory':'1Mi'}}");
        assertEquals(json("{'requests':{'memory':'1Mi','cpu':'100m'},'limits':{'cpu':'500m','memory':'1Gi'}}"),
                pod.spec().array("containers").objects().getFirst().object("resources"));
        assertEquals("LimitRanger plugin set: cpu request for container web; cpu, memory limit for container web",
                pod.annotations().get("kubernetes.io/limit-ranger"));
        assertEquals("Burstable", pod.status().text("qosClass"));
    }

    @Test
    void fillsARangeSoThatItTellsWhatContainersGet() {
        var range = limits("[{'type':'Container','max':{'cpu':'2'},'min':{'memory':'1Mi'}}]");
        assertEquals(json("{'type':'Container','max':{'cpu':'2'},'min':{'memory':'1Mi'},'default':{'cpu':'2'},"
                + "'defaultRequest':{'cpu':'2','memory':'1Mi'}}"), range.spec().array("limits").at(0));
    }

    @Test
    void refusesTooLittleTooMuchAndTooFarApart() {
        limits("[{'type':'Container','min':{'cpu':'100m'},'max':{'memory':'1Gi'},"
                + "'maxLimitRequestRatio':{'cpu':'2'}},{'type':'Pod','max':{'cpu':'3'}}]");
        refused("pods \"p\" is forbidden: [minimum cpu usage per Container is 100m, but request is 50m, "
                + "maximum memory usage per Container is 1Gi, but limit is 2Gi, cpu max limit to request ratio per "
                + "Container is 2, but provided ratio is 80.000000, maximum cpu usage per Pod is 3, but limit is 4]",
                () -> createPod("{'requests':{'cpu':'50m','memory':'1Mi'},'limits':{'memory':'2Gi','cpu':'4'}}"));
    }

    @Test
    void refusesClaimsOfTheWrongSize() {
        limits("[{'type':'PersistentVolumeClaim','min':{'storage':'1Gi'},'max':{'storage':'2Gi'}}]");
        refused("persistentvolumeclaims \"c\" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, "
                + "but request is 3Gi", () -> createClaim("3Gi"));
        refused("persistentvolumeclaims \"c\" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, "
                + "but request is 1Mi", () -> createClaim("1Mi"));
        createClaim("2Gi");
    }

    private void createClaim(String size) {
        create(Kinds.PERSISTENT_VOLUME_CLAIMS, object("{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':"
                + "{'name':'c'},'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'" + size
                + "'}}}}"));
    }
}
