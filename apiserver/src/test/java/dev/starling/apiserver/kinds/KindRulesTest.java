package dev.starling.apiserver.kinds;

import static dev.starling.apiserver.registry.Objects.configMap;
import static dev.starling.apiserver.registry.Objects.deployment;
import static dev.starling.apiserver.registry.Objects.json;
import static dev.starling.apiserver.registry.Objects.namespace;
import static dev.starling.apiserver.registry.Objects.object;
import static dev.starling.apiserver.registry.Objects.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.ExpirySweep;
import dev.starling.apiserver.registry.Request;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.DeleteOptions.Propagation;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.Patch;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.object.FieldSelector;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.ObjectKey;
import dev.starling.store.MemoryStore;
import dev.starling.store.StoreSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In what the built-in kinds differ from each other. */
final class KindRulesTest {
    private final TestRegistry server = TestRegistry.inMemory();
    private final KubeApi api = server.api();

    @AfterEach
    void close() {
        server.close();
    }

    private static ApiException refused(Reason reason, Executable call) {
        var refusal = assertThrows(ApiException.class, call);
        assertEquals(reason, refusal.reason(), refusal.getMessage());
        return refusal;
    }

    private static ObjectKey podKey(String name) {
        return Kinds.PODS.key("default", name);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "[{}] | BestEffort",
        "[{'requests':{'cpu':'1'}}] | Burstable",
        "[{'limits':{'cpu':'1','memory':'1Gi'}}] | Guaranteed",
        "[{'limits':{'cpu':'1','memory':'1Gi'},'requests':{'cpu':'1000m','memory':'1024Mi'}}] | Guaranteed",
        "[{'limits':{'cpu':'1','memory':'1Gi'},'requests':{'cpu':'1','memory':'1Mi'}}] | Burstable",
        "[{'limits':{'cpu':'1','memory':'1Gi'}},{}] | Burstable",
        "[{'limits':{'example.com/gpu':'1'}}] | BestEffort",
        "[{'limits':{'cpu':'1'}}] | Burstable",
    })
    void podsEarnTheirQualityOfService(String resources, String quality) {
        var containers = json("{'r':" + resources + "}").array("r").objects().stream()
                .map(each -> json("{}").with("resources", each)).toList();
        var pod = pod("a").with(JsonArray.of(containers), "spec", "containers");
        assertEquals(quality, QosClass.of(pod).text());
    }

    @ParameterizedTest
    @CsvSource({
        "n1, Running, -1, 30", "n1, Running, 5, 5", "n1, Running, 0, 0",
        "'', Pending, -1, 0", "'', Pending, 5, 0", "n1, Succeeded, 5, 0", "n1, Failed, -1, 0",
    })
    void podsWaitForTheirGracePeriodOnANode(String node, String phase, long asked, long waits) {
        var pod = pod("a").with(node, "spec", "nodeName").with(phase, "status", "phase");
        var options = asked < 0 ? DeleteOptions.DEFAULT : DeleteOptions.DEFAULT.withGracePeriodSeconds(asked);
        assertEquals(OptionalLong.of(waits), new PodRules().gracePeriodSeconds(pod, options));
    }

    @Test
    void podsGetWhatEveryPodGets() {
        var pod = api.create(podKey("a"), pod("a"));
        assertEquals("Pending", pod.status().text("phase"));
        assertEquals("BestEffort", pod.status().text("qosClass"));
        assertEquals("default", pod.spec().text("serviceAccountName"));
        assertEquals(0, pod.spec().at("priority").number(-1));
        assertEquals("PreemptLowerPriority", pod.spec().text("preemptionPolicy"));
        assertEquals(List.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"),
                pod.spec().array("tolerations").objects().stream().map(each -> each.text("key")).toList());
        var volume = pod.spec().array("volumes").at(0).object();
        assertTrue(volume.text("name").startsWith("kube-api-access-"));
        assertEquals(3, volume.array("projected", "sources").size());
        var mount = pod.spec().array("containers").at(0).object().array("volumeMounts").at(0).object();
        assertEquals("/var/run/secrets/kubernetes.io/serviceaccount", mount.text("mountPath"));
        assertEquals(volume.text("name"), mount.text("name"));
    }

    @ParameterizedTest
    @CsvSource({"'', '', true", "'', false, false", "true, false, true", "false, true, false", "false, '', false"})
    void theTokenIsMountedUnlessPodOrAccountSayNo(String ofPod, String ofAccount, boolean mounted) {
        var account = KubeObject.named(Kinds.SERVICE_ACCOUNTS, "default", "worker");
        api.create(account.key(Kinds.SERVICE_ACCOUNTS), said(account, ofAccount, "automountServiceAccountToken"));
        var pod = said(pod("a").with("worker", "spec", "serviceAccountName"), ofPod, "spec",
                "automountServiceAccountToken");
        assertEquals(mounted, !api.create(podKey("a"), pod).spec().array("volumes").isEmpty());
    }

    private static KubeObject said(KubeObject object, String flag, String... path) {
        return flag.isEmpty() ? object : object.with(json("{'x':" + flag + "}").at("x"), path);
    }

    @Test
    void podsNeedTheirServiceAccount() {
        var refusal = refused(Reason.FORBIDDEN,
                () -> api.create(podKey("a"), pod("a").with("none", "spec", "serviceAccountName")));
        assertEquals("pods \"a\" is forbidden: error looking up service account default/none: "
                + "serviceaccount \"none\" not found", refusal.getMessage());
    }

    @Test
    void podsNeedTheirRuntimeClass() {
        var wanted = pod("a").with("small", "spec", "runtimeClassName");
        var refusal = refused(Reason.FORBIDDEN, () -> api.create(podKey("a"), wanted));
        assertEquals("pods \"a\" is forbidden: pod rejected: RuntimeClass \"small\" not found", refusal.getMessage());
        api.create(Kinds.RUNTIME_CLASSES.key("small"), object("{'metadata':{'name':'small'},'handler':'crun',"
                + "'overhead':{'podFixed':{'memory':'10Mi'}},'scheduling':{'nodeSelector':{'k':'v'}}}"));
        var pod = api.create(podKey("a"), wanted);
        assertEquals("10Mi", pod.spec().text("overhead", "memory"));
        assertEquals("v", pod.spec().text("nodeSelector", "k"));
    }

    @Test
    void statusWritesOfPodsKeepTheirQuality() {
        var pod = api.create(podKey("a"), pod("a"));
        var updated = api.update(podKey("a").sub("status"), pod.with(json("{'phase':'Running'}"), "status"));
        assertEquals("Running", updated.status().text("phase"));
        assertEquals("BestEffort", updated.status().text("qosClass"));
    }

    @Test
    void volumesBeginAsPending() {
        var made = api.create(Kinds.PERSISTENT_VOLUMES.key("v"), object("{'metadata':{'name':'v'},'spec':{"
                + "'accessModes':['ReadWriteOnce'],'capacity':{'storage':'1Gi'},'hostPath':{'path':'/d'}}}"));
        assertEquals(json("{'phase':'Pending','lastPhaseTransitionTime':'2030-01-01T00:00:00Z'}"), made.status());
    }

    @ParameterizedTest
    @CsvSource({"BACKGROUND, ''", "FOREGROUND, foregroundDeletion", "ORPHAN, orphan"})
    void thePolicyOfADeletionBecomesAFinalizer(Propagation policy, String finalizer) {
        var key = Kinds.DEPLOYMENTS.key("default", "web");
        api.create(key, deployment("web"));
        var answer = api.delete(key, DeleteOptions.DEFAULT.withPropagation(policy));
        assertEquals(finalizer.isEmpty() ? List.of() : List.of(finalizer), answer.finalizers());
        assertEquals(!finalizer.isEmpty(), answer.deleting());
        assertEquals(finalizer.isEmpty() ? 1 : 2, answer.generation());
    }

    @Test
    void aReplicationControllerLeavesItsPodsUnlessTheRequestOrAFinalizerSaysOtherwise() {
        var key = Kinds.REPLICATION_CONTROLLERS.key("default", "old");
        var controller = object("{'metadata':{'name':'old'},'spec':{'replicas':0,'template':{'metadata':{'labels':"
                + "{'app':'old'}},'spec':{'containers':[{'name':'c','image':'i'}]}}}}");
        api.create(key, controller);
        assertEquals(List.of("orphan"), api.delete(key).finalizers());
        api.patch(key, new Patch.Merge(json("{'metadata':{'finalizers':[]}}")));
        api.create(key, controller);
        assertEquals(List.of(), api.delete(key, DeleteOptions.DEFAULT.withPropagation(Propagation.BACKGROUND))
                .finalizers());
        api.create(key, controller.with(json("{'f':['foregroundDeletion']}").at("f"), "metadata", "finalizers"));
        assertEquals(List.of("foregroundDeletion"), api.delete(key).finalizers());
    }

    @Test
    void aShorterGracePeriodCounts() {
        api.create(podKey("a"), pod("a").with("n1", "spec", "nodeName"));
        api.delete(podKey("a"));
        var sooner = api.delete(podKey("a"), DeleteOptions.DEFAULT.withGracePeriodSeconds(5));
        assertEquals(5, sooner.metadata().at("deletionGracePeriodSeconds").number(0));
        assertEquals(server.clock().instant().plusSeconds(5), sooner.deletionTimestamp().orElseThrow());
        var later = api.delete(podKey("a"), DeleteOptions.DEFAULT.withGracePeriodSeconds(50));
        assertEquals(sooner, later);
    }

    @Test
    void someNamespacesStayForEver() {
        var refusal = refused(Reason.FORBIDDEN, () -> api.delete(Kinds.NAMESPACES.key("default")));
        assertEquals("namespaces \"default\" is forbidden: this namespace may not be deleted", refusal.getMessage());
    }

    @Test
    void namespacesCarryTheirNameAsALabel() {
        var made = api.create(Kinds.NAMESPACES.key("team"), namespace("team"));
        assertEquals(Map.of("kubernetes.io/metadata.name", "team"), made.labels());
        assertEquals("Active", made.status().text("phase"));
        api.delete(Kinds.NAMESPACES.key("team"));
        refused(Reason.CONFLICT, () -> api.delete(Kinds.NAMESPACES.key("team")));
    }

    @Test
    void defaultNamespacesStandFromTheStart() {
        assertEquals(List.of("default", "kube-node-lease", "kube-public", "kube-system"),
                api.list(ListQuery.all(Kinds.NAMESPACES)).items().stream().map(KubeObject::name).toList());
    }

    @Test
    void secretsEncodeTheirTexts() {
        var key = Kinds.SECRETS.key("default", "s");
        var made = api.create(key, object("{'metadata':{'name':'s'},'stringData':{'a':'hi'}}"));
        assertEquals(Map.of("a", "aGk="), made.tree().object("data").texts());
        assertFalse(made.tree().has("stringData"));
        assertEquals("Opaque", made.tree().text("type"));
    }

    @Test
    void jobsSelectTheirPodsByUid() {
        var made = api.create(Kinds.JOBS.key("default", "j"), object("{'metadata':{'name':'j'},'spec':{'template':{"
                + "'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'x'}]}}}}"));
        assertEquals(Map.of("batch.kubernetes.io/controller-uid", made.uid()),
                made.spec().object("selector", "matchLabels").texts());
        assertEquals("j", made.spec().text("template", "metadata", "labels", "job-name"));
        assertEquals(made.uid(), made.spec().text("template", "metadata", "labels", "controller-uid"));
    }

    @Test
    void nodesAreBornWithAStatus() {
        var made = api.create(Kinds.NODES.key("n1"),
                object("{'metadata':{'name':'n1'},'status':{'capacity':{'cpu':'4'}}}"));
        assertEquals("4", made.status().text("capacity", "cpu"));
        assertEquals(1, api.list(ListQuery.all(Kinds.NODES)
                .with(FieldSelector.of("spec.unschedulable", "false"))).items().size());
    }

    @Test
    void annotationsOfADeploymentRaiseItsGeneration() {
        var key = Kinds.DEPLOYMENTS.key("default", "web");
        api.create(key, deployment("web"));
        var patch = new Patch.Merge(json("{'metadata':{'annotations':{'why':'because'}}}"));
        assertEquals(2, api.patch(key, patch).generation());
    }

    @Test
    void leasesAreNotOverwrittenBlindly() {
        var key = Kinds.LEASES.key("default", "l");
        var lease = KubeObject.named(Kinds.LEASES, "default", "l");
        api.create(key, lease);
        var refusal = refused(Reason.INVALID, () -> api.update(key, lease.with("me", "spec", "holderIdentity")));
        assertTrue(refusal.getMessage().contains("metadata.resourceVersion: Invalid value: 0: must be specified "
                + "for an update"), refusal.getMessage());
    }

    @Test
    void eventsGoAfterAnHour() {
        var key = Kinds.EVENTS.key("default", "e");
        api.create(key, object("{'metadata':{'name':'e'},'involvedObject':{'kind':'Pod','name':'a',"
                + "'namespace':'default'},'reason':'Started','lastTimestamp':'2030-01-01T00:00:00Z'}"));
        var sweep = new ExpirySweep(server.registry(), server.kinds());
        server.clock().pass(Duration.ofMinutes(59));
        sweep.step(server.clock().instant());
        assertEquals("Started", api.get(key).tree().text("reason"));
        server.clock().pass(Duration.ofMinutes(2));
        sweep.step(server.clock().instant());
        refused(Reason.NOT_FOUND, () -> api.get(key));
    }

    @Test
    void tokensComeFromTheIssuer() {
        var key = Kinds.SERVICE_ACCOUNTS.key("default", "default").sub("token");
        var answer = api.create(key, object("{'kind':'TokenRequest','spec':{'audiences':['x'],"
                + "'expirationSeconds':700}}"));
        assertEquals("token-of-default", answer.status().text("token"));
        assertEquals("2030-01-01T00:11:40Z", answer.status().text("expirationTimestamp"));
        refused(Reason.INVALID, () -> api.create(key, object("{'spec':{'expirationSeconds':5}}")));
    }

    @Test
    void computedResourcesAreOnlyRead() {
        var configMap = configMap("a");
        refused(Reason.NOT_FOUND, () -> api.get(Kinds.POD_METRICS.key("default", "a")));
        refused(Reason.NOT_FOUND, () -> api.create(Kinds.POD_METRICS.key("default", "a"), configMap));
    }

    @Test
    void collectionsAreDeletedBySelection() {
        for (int i = 0; i < 5; i++) {
            api.create(podKey("p" + i), pod("p" + i).with(i % 2 == 0 ? "even" : "odd", "metadata", "labels", "kind"));
        }
        var query = ListQuery.in(Kinds.PODS, "default")
                .with(LabelSelector.of(Map.of("kind", "even")));
        var deleted = server.registry().deleteCollection(Request.by(
                Caller.component("test")), query, DeleteOptions.DEFAULT);
        assertEquals(3, deleted.items().size());
        assertEquals(2, api.list(ListQuery.in(Kinds.PODS, "default")).items().size());
    }

    @Test
    void aCollectionIsDeletedThatHasMoreObjectsThanTheHistoryHasChanges() {
        var settings = StoreSettings.defaults().withHistory(50, Duration.ofMinutes(5));
        try (var forgetful = TestRegistry.over(new MemoryStore<>(settings, InstantSource.system()))) {
            for (int i = 0; i < 600; i++) {
                forgetful.api().create(Kinds.CONFIG_MAPS.key("default", "m" + i), configMap("m" + i));
            }
            var query = ListQuery.in(Kinds.CONFIG_MAPS, "default");
            var deleted = forgetful.registry().deleteCollection(Request.by(Caller.component("test")), query,
                    DeleteOptions.DEFAULT);
            assertEquals(600, deleted.items().size());
            assertTrue(forgetful.api().list(query).items().isEmpty());
        }
    }

    @Test
    void aStatusWriteLeavesThePodsOwnersAlone() {
        api.create(podKey("p"), pod("p").with(json("{'o':[{'apiVersion':'v1','kind':'ConfigMap','name':'mine',"
                + "'uid':'u'}]}").array("o"), "metadata", "ownerReferences"));
        var written = api.update(podKey("p").sub("status"), api.get(podKey("p")).without("metadata",
                "ownerReferences").with("Running", "status", "phase"));
        assertEquals("Running mine", written.status().text("phase") + " " + written.metadata()
                .array("ownerReferences").objects().getFirst().text("name"));
        api.create(podKey("free"), pod("free"));
        var owned = api.update(podKey("free").sub("status"), api.get(podKey("free")).with(written.metadata()
                .array("ownerReferences"), "metadata", "ownerReferences"));
        assertFalse(owned.metadata().has("ownerReferences"));
    }

    @Test
    void stationsChangeOnlyWhatTheWriteItselfMay() {
        server.admitAlso(request -> request.key().type().equals(Kinds.DEPLOYMENTS) ? request.object()
                .with(JsonArray.of(List.of(json("{'type':'Mad','status':'True'}"))), "status", "conditions")
                .with(json("{'n':7}").at("n"), "spec", "replicas")
                .with("yes", "metadata", "labels", "seen") : request.object());
        var key = Kinds.DEPLOYMENTS.key("default", "d");
        var made = api.create(key, deployment("d"));
        assertTrue(made.status().isEmpty(), made.tree().toString());
        assertEquals("7 yes", made.spec().at("replicas").number(0) + " " + made.labels().get("seen"));
        assertTrue(api.update(key, made.with("b", "metadata", "labels", "a")).status().isEmpty());
        server.admitAlso(request -> request.key().subresource().equals("status") ? request.object()
                .with(json("{'n':9}").at("n"), "spec", "replicas") : request.object());
        var told = api.update(key.sub("status"), made.without("metadata", "resourceVersion")
                .with(json("{'replicas':3}"), "status"));
        assertEquals("7 3", told.spec().at("replicas").number(0) + " " + told.status().at("replicas").number(0));
        assertEquals(1, told.generation());
        assertTrue(told.metadata().array("managedFields").objects().stream()
                .anyMatch(entry -> entry.text("subresource").equals("status")));
    }
}
