package dev.starling.apiserver.admission;

import static dev.starling.apiserver.registry.Objects.configMap;
import static dev.starling.apiserver.registry.Objects.json;
import static dev.starling.apiserver.registry.Objects.object;
import static dev.starling.apiserver.registry.Objects.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.ThreadDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What ResourceQuotas allow and refuse. */
final class QuotaTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final WriteOptions DRY =
            new WriteOptions(true, "", WriteOptions.DEFAULT.fieldValidation());

    private final TestRegistry server = TestRegistry.inMemory();
    private final KubeApi api = server.api();

    @AfterEach
    void close() {
        server.close();
    }

    private void quota(String name, String spec) {
        create(Kinds.RESOURCE_QUOTAS, object("{'apiVersion':'v1','kind':'ResourceQuota','metadata':{'name':'" + name
                + "'}}").with(json(spec), "spec"));
    }

    private KubeObject create(ResourceType type, KubeObject object) {
        return api.create(type.key("default", object.name()), object, WriteOptions.DEFAULT);
    }

    private KubeObject createPod(String name, String resources) {
        return create(Kinds.PODS, object("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'" + name
                + "'},'spec':{'containers':[{'name':'web','image':'nginx:1','resources':" + resources + "}]}}"));
    }

    private void refused(String message, Runnable call) {
        var refusal = assertThrows(ApiException.class, call::run);
        assertEquals(Reason.FORBIDDEN, refusal.reason(), refusal.getMessage());
        assertEquals(message, refusal.getMessage());
    }

    @Test
    void refusesOnePodTooManyInTheWordsOfKubernetes() {
        quota("few", "{'hard':{'pods':'2'}}");
        create(Kinds.PODS, pod("a"));
        create(Kinds.PODS, pod("b"));
        refused("pods \"c\" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2",
                () -> create(Kinds.PODS, pod("c")));
    }

    @Test
    void letsNoMorePassThanAllowedHoweverManyAskAtOnce() throws InterruptedException {
        quota("ten", "{'hard':{'count/configmaps':'10'}}");
        var made = new AtomicInteger();
        var refused = new AtomicInteger();
        var gun = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                String name = "c" + i;
                threads.submit(() -> {
                    gun.await();
                    try {
                        create(Kinds.CONFIG_MAPS, configMap(name));
                        return made.incrementAndGet();
                    } catch (ApiException e) {
                        return refused.incrementAndGet();
                    }
                });
            }
            gun.countDown();
        }
        assertEquals(10, made.get());
        assertEquals(90, refused.get());
        assertEquals(10, api.list(ListQuery.in(Kinds.CONFIG_MAPS, "default")).items().size());
    }

    @Test
    void givesBackWhatDeletedAndEndedPodsUsed() {
        quota("one", "{'hard':{'pods':'1'}}");
        create(Kinds.PODS, pod("a"));
        api.delete(Kinds.PODS.key("default", "a"), DeleteOptions.DEFAULT);
        var second = create(Kinds.PODS, pod("b"));
        api.update(Kinds.PODS.key("default", "b").sub("status"), second.with("Succeeded", "status", "phase"),
                WriteOptions.DEFAULT);
        create(Kinds.PODS, pod("c"));
        refused("pods \"d\" is forbidden: exceeded quota: one, requested: pods=1, used: pods=1, limited: pods=1",
                () -> create(Kinds.PODS, pod("d")));
    }

    @Test
    void givesBackWhatRefusedAndTriedWritesReserved() {
        quota("one", "{'hard':{'count/configmaps':'2'}}");
        create(Kinds.CONFIG_MAPS, configMap("a"));
        var twice = assertThrows(ApiException.class, () -> create(Kinds.CONFIG_MAPS, configMap("a")));
        assertEquals(Reason.ALREADY_EXISTS, twice.reason());
        api.create(Kinds.CONFIG_MAPS.key("default", "b"), configMap("b"), DRY);
        create(Kinds.CONFIG_MAPS, configMap("b"));
    }

    @Test
    void countsRequestsAndLimitsAndAsksForThem() {
        quota("compute", "{'hard':{'requests.cpu':'1','limits.memory':'1Gi'}}");
        refused("pods \"a\" is forbidden: failed quota: compute: must specify limits.memory for: web; "
                + "requests.cpu for: web", () -> createPod("a", "{}"));
        createPod("a", "{'requests':{'cpu':'600m'},'limits':{'memory':'512Mi'}}");
        refused("pods \"b\" is forbidden: exceeded quota: compute, requested: requests.cpu=600m, "
                + "used: requests.cpu=600m, limited: requests.cpu=1",
                () -> createPod("b", "{'requests':{'cpu':'600m'},'limits':{'memory':'512Mi'}}"));
        createPod("c", "{'requests':{'cpu':'400m'},'limits':{'memory':'512Mi'}}");
    }

    @Test
    void countsOnlyWhatIsInScope() {
        quota("best", "{'hard':{'pods':'0'},'scopes':['BestEffort']}");
        quota("terminating", "{'hard':{'pods':'0'},'scopes':['Terminating','NotBestEffort']}");
        quota("critical", "{'hard':{'pods':'0'},'scopeSelector':{'matchExpressions':[{'scopeName':'PriorityClass',"
                + "'operator':'In','values':['system-node-critical']}]}}");
        refused("pods \"a\" is forbidden: exceeded quota: best, requested: pods=1, used: pods=0, limited: pods=0",
                () -> create(Kinds.PODS, pod("a")));
        createPod("b", "{'requests':{'cpu':'1'}}");
        var job = object("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'c'},'spec':{'activeDeadlineSeconds':9,"
                + "'containers':[{'name':'web','image':'nginx:1','resources':{'requests':{'cpu':'1'}}}]}}");
        refused("pods \"c\" is forbidden: exceeded quota: terminating, requested: pods=1, used: pods=0, "
                + "limited: pods=0", () -> create(Kinds.PODS, job));
        refused("pods \"c\" is forbidden: exceeded quota: critical, requested: pods=1, used: pods=0, "
                + "limited: pods=0", () -> create(Kinds.PODS, job.without("spec", "activeDeadlineSeconds")
                .with("system-node-critical", "spec", "priorityClassName")));
    }

    @Test
    void countsServicesAndTheStorageOfEachClass() {
        quota("q", "{'hard':{'services':'2','gold.storageclass.storage.k8s.io/requests.storage':'1Gi'}}");
        var claim = create(Kinds.PERSISTENT_VOLUME_CLAIMS, object("{'apiVersion':'v1','kind':"
                + "'PersistentVolumeClaim','metadata':{'name':'c'},'spec':{'storageClassName':'gold','accessModes':"
                + "['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}}"));
        assertEquals("1Gi", claim.spec().text("resources", "requests", "storage"));
        refused("persistentvolumeclaims \"d\" is forbidden: exceeded quota: q, requested: "
                + "gold.storageclass.storage.k8s.io/requests.storage=1Mi, used: "
                + "gold.storageclass.storage.k8s.io/requests.storage=1Gi, limited: "
                + "gold.storageclass.storage.k8s.io/requests.storage=1Gi",
                () -> create(Kinds.PERSISTENT_VOLUME_CLAIMS, object("{'apiVersion':'v1','kind':"
                        + "'PersistentVolumeClaim','metadata':{'name':'d'},'spec':{'storageClassName':'gold',"
                        + "'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Mi'}}}}")));
        create(Kinds.SERVICES, service("s"));
        refused("services \"t\" is forbidden: exceeded quota: q, requested: services=1, used: services=2, "
                + "limited: services=2", () -> create(Kinds.SERVICES, service("t")));
    }

    private static KubeObject service(String name) {
        return object("{'apiVersion':'v1','kind':'Service','metadata':{'name':'" + name
                + "'},'spec':{'ports':[{'port':80}]}}");
    }

    @Test
    void tellsInTheStatusWhatIsUsed() {
        var driver = new ThreadDriver(InstantSource.system());
        try (var status = server.admissions().startQuotas(driver, server.api())) {
            assertTrue(status != null);
            quota("q", "{'hard':{'pods':'5','count/widgets.example.com':'3','limits.cpu':'4'}}");
            awaitUsed(json("{'pods':'0','count/widgets.example.com':'0','limits.cpu':'0'}"));
            createPod("a", "{'limits':{'cpu':'1500m'}}");
            awaitUsed(json("{'pods':'1','count/widgets.example.com':'0','limits.cpu':'1500m'}"));
            api.delete(Kinds.PODS.key("default", "a"), DeleteOptions.DEFAULT);
            awaitUsed(json("{'pods':'0','count/widgets.example.com':'0','limits.cpu':'0'}"));
        }
    }

    private void awaitUsed(JsonObject used) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        var quota = api.get(Kinds.RESOURCE_QUOTAS.key("default", "q"));
        while (!quota.status().object("used").equals(used)) {
            assertTrue(System.nanoTime() < deadline, () -> "still: " + api.get(
                    Kinds.RESOURCE_QUOTAS.key("default", "q")).status());
            Thread.onSpinWait();
            quota = api.get(Kinds.RESOURCE_QUOTAS.key("default", "q"));
        }
        assertEquals(quota.spec().object("hard"), quota.status().object("hard"));
    }
}
