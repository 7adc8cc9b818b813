package dev.starling.apiserver.registry;

import static dev.starling.apiserver.registry.Objects.configMap;
import static dev.starling.apiserver.registry.Objects.deployment;
import static dev.starling.apiserver.registry.Objects.json;
import static dev.starling.apiserver.registry.Objects.namespace;
import static dev.starling.apiserver.registry.Objects.object;
import static dev.starling.apiserver.registry.Objects.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.FieldSelector;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What every transport of the API must do. A fresh API with the default namespaces stands before each test. */
public abstract class KubeApiContract {
    private static final WriteOptions DRY = new WriteOptions(true, "", WriteOptions.FieldValidation.WARN);
    private static final WriteOptions STRICT = new WriteOptions(false, "", WriteOptions.FieldValidation.STRICT);

    protected abstract KubeApi api();

    private static ObjectKey map(String name) {
        return Kinds.CONFIG_MAPS.key("default", name);
    }

    private static ObjectKey podKey(String name) {
        return Kinds.PODS.key("default", name);
    }

    private static ApiException refused(Reason reason, Executable call) {
        var refusal = assertThrows(ApiException.class, call);
        assertEquals(reason, refusal.reason(), refusal.getMessage());
        return refusal;
    }

    private KubeObject made(String name) {
        return api().create(map(name), configMap(name));
    }

    private static Patch merge(String change) {
        return new Patch.Merge(json(change));
    }

    private static Patch operations(String list) {
        return new Patch.JsonPatch((JsonArray) JsonReader.read(list.replace('\'', '"')));
    }

    @Test
    void createGivesUidTimeAndRevision() {
        var made = made("a");
        assertFalse(made.uid().isEmpty());
        assertTrue(Long.parseLong(made.resourceVersion()) > 0);
        assertTrue(made.created().isPresent());
        assertEquals("default", made.namespace());
        assertEquals(made, api().get(map("a")));
    }

    @Test
    void createRefusesANameThatIsTaken() {
        made("a");
        var refusal = refused(Reason.ALREADY_EXISTS, () -> made("a"));
        assertEquals("configmaps \"a\" already exists", refusal.getMessage());
    }

    @Test
    void createMakesANameFromItsBeginning() {
        var wanted = configMap("x").without("metadata", "name").with("job-", "metadata", "generateName");
        var made = api().create(map(""), wanted);
        assertTrue(made.name().matches("job-[bcdfghjklmnpqrstvwxz2456789]{5}"), made.name());
    }

    @Test
    void createRefusesABadName() {
        var refusal = refused(Reason.INVALID, () -> made("Bad_Name"));
        assertTrue(refusal.getMessage().startsWith("ConfigMap \"Bad_Name\" is invalid: metadata.name: Invalid value: "
                + "\"Bad_Name\": a lowercase RFC 1123 subdomain must consist of"), refusal.getMessage());
    }

    @Test
    void createNeedsItsNamespace() {
        var refusal = refused(Reason.NOT_FOUND,
                () -> api().create(Kinds.CONFIG_MAPS.key("none", "a"), configMap("a")));
        assertEquals("namespaces \"none\" not found", refusal.getMessage());
    }

    @Test
    void missingObjectsAreNotFound() {
        var refusal = refused(Reason.NOT_FOUND, () -> api().get(map("none")));
        assertEquals("configmaps \"none\" not found", refusal.getMessage());
        refused(Reason.NOT_FOUND, () -> api().delete(map("none")));
        refused(Reason.NOT_FOUND, () -> api().patch(map("none"), merge("{}")));
        refused(Reason.NOT_FOUND, () -> api().update(map("none"), configMap("none")));
    }

    @Test
    void strictWritesRefuseUnknownFields() {
        var refusal = refused(Reason.BAD_REQUEST, () -> api().create(podKey("a"), pod("a").with("x", "spec", "foo"),
                STRICT));
        assertEquals("Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: "
                + "unknown field \"spec.foo\"", refusal.getMessage());
    }

    @Test
    void otherWritesDropUnknownFields() {
        var made = api().create(podKey("a"), pod("a").with("x", "spec", "foo"));
        assertFalse(made.spec().has("foo"));
    }

    @Test
    void dryRunsStoreNothing() {
        api().create(map("a"), configMap("a"), DRY);
        refused(Reason.NOT_FOUND, () -> api().get(map("a")));
        made("a");
        api().patch(map("a"), merge("{'data':{'a':'2'}}"), DRY);
        assertEquals("1", api().get(map("a")).tree().text("data", "a"));
    }

    @Test
    void updateReplacesAndRaisesTheRevision() {
        var made = made("a");
        var updated = api().update(map("a"), made.with("2", "data", "a"));
        assertEquals("2", updated.tree().text("data", "a"));
        assertNotEquals(made.resourceVersion(), updated.resourceVersion());
        assertEquals(made.uid(), updated.uid());
    }

    @Test
    void updateOfAnOldStateIsAConflict() {
        var made = made("a");
        api().update(map("a"), made.with("2", "data", "a"));
        var refusal = refused(Reason.CONFLICT, () -> api().update(map("a"), made.with("3", "data", "a")));
        assertEquals("Operation cannot be fulfilled on configmaps \"a\": the object has been modified; "
                + "please apply your changes to the latest version and try again", refusal.getMessage());
    }

    @Test
    void updateWithoutARevisionOverwrites() {
        made("a");
        assertEquals("9", api().update(map("a"), configMap("a").with("9", "data", "a")).tree().text("data", "a"));
    }

    @Test
    void updateThatChangesNothingWritesNothing() {
        var made = made("a");
        assertEquals(made.resourceVersion(), api().update(map("a"), made).resourceVersion());
        assertEquals(made.resourceVersion(), api().patch(map("a"), merge("{'data':{'a':'1'}}")).resourceVersion());
    }

    @Test
    void updateMustNameTheObjectOfItsAddress() {
        made("a");
        var refusal = refused(Reason.BAD_REQUEST, () -> api().update(map("a"), configMap("b")));
        assertEquals("the name of the object (b) does not match the name on the URL (a)", refusal.getMessage());
    }

    @Test
    void updateOfAnotherUidIsAConflict() {
        var made = made("a");
        refused(Reason.CONFLICT, () -> api().update(map("a"), made.with("other", "metadata", "uid")));
    }

    @Test
    void updateMayCreateALease() {
        var key = Kinds.LEASES.key("default", "beat");
        var lease = KubeObject.named(Kinds.LEASES, "default", "beat");
        assertEquals(api().update(key, lease), api().get(key));
    }

    @Test
    void patchesChangeAPart() {
        made("a");
        api().patch(map("a"), merge("{'data':{'b':'2','a':null}}"));
        api().patch(map("a"), operations("[{'op':'add','path':'/data/c','value':'3'}]"));
        var patched = api().patch(map("a"), new Patch.Strategic(json("{'data':{'d':'4'}}")));
        assertEquals(Map.of("b", "2", "c", "3", "d", "4"), patched.tree().object("data").texts());
    }

    @Test
    void strategicPatchesMergeContainersByName() {
        var key = Kinds.DEPLOYMENTS.key("default", "web");
        api().create(key, deployment("web"));
        var patched = api().patch(key, new Patch.Strategic(json(
                "{'spec':{'template':{'spec':{'containers':[{'name':'main','image':'nginx:2'}]}}}}")));
        var containers = patched.spec().object("template", "spec").array("containers");
        assertEquals(1, containers.size());
        assertEquals("nginx:2", containers.at(0).object().text("image"));
        assertEquals("IfNotPresent", containers.at(0).object().text("imagePullPolicy"));
    }

    @Test
    void patchThatDoesNotApplyIsInvalid() {
        made("a");
        var refusal = refused(Reason.INVALID, () -> api().patch(map("a"),
                operations("[{'op':'test','path':'/data/a','value':'7'}]")));
        assertEquals("the server rejected our request due to an error in our request: "
                + "testing value /data/a failed: test failed", refusal.getMessage());
        assertEquals(json("{}"), refusal.details());
    }

    @Test
    void patchOfAnOldStateIsAConflict() {
        var made = made("a");
        api().patch(map("a"), merge("{'data':{'a':'2'}}"));
        refused(Reason.CONFLICT, () -> api().patch(map("a"),
                merge("{'metadata':{'resourceVersion':'" + made.resourceVersion() + "'},'data':{'a':'3'}}")));
    }

    @Test
    void statusAndSpecAreWrittenApart() {
        var key = Kinds.DEPLOYMENTS.key("default", "web");
        var made = api().create(key, deployment("web").with(json("{'replicas':5}"), "status"));
        assertEquals(0, made.status().at("replicas").number(0));
        var status = api().patch(key.sub("status"), merge("{'status':{'replicas':3},'spec':{'replicas':9}}"));
        assertEquals(3, status.status().at("replicas").number(0));
        assertEquals(1, status.spec().at("replicas").number(0));
        var spec = api().patch(key, merge("{'status':{'replicas':8},'spec':{'replicas':2}}"));
        assertEquals(3, spec.status().at("replicas").number(0));
        assertEquals(2, spec.spec().at("replicas").number(0));
    }

    @Test
    void generationCountsWhatIsAskedFor() {
        var key = Kinds.DEPLOYMENTS.key("default", "web");
        assertEquals(1, api().create(key, deployment("web")).generation());
        assertEquals(1, api().patch(key.sub("status"), merge("{'status':{'replicas':3}}")).generation());
        assertEquals(1, api().patch(key, merge("{'metadata':{'labels':{'a':'b'}}}")).generation());
        assertEquals(2, api().patch(key, merge("{'spec':{'replicas':2}}")).generation());
    }

    @Test
    void deletedObjectsAreGone() {
        made("a");
        api().delete(map("a"));
        refused(Reason.NOT_FOUND, () -> api().get(map("a")));
    }

    @Test
    void deletionKeepsItsPreconditions() {
        var made = made("a");
        refused(Reason.CONFLICT, () -> api().delete(map("a"), DeleteOptions.DEFAULT.withUid("other")));
        refused(Reason.CONFLICT, () -> api().delete(map("a"), DeleteOptions.DEFAULT.withResourceVersion("1")));
        api().delete(map("a"), DeleteOptions.DEFAULT.withUid(made.uid()));
    }

    @Test
    void finalizersHoldADeletedObject() {
        api().create(map("a"), configMap("a").with(JsonArray.of("example.com/hold"), "metadata", "finalizers"));
        assertTrue(api().delete(map("a")).deleting());
        refused(Reason.INVALID, () -> api().patch(map("a"),
                merge("{'metadata':{'finalizers':['example.com/hold','example.com/more']}}")));
        api().patch(map("a"), merge("{'metadata':{'finalizers':null}}"));
        refused(Reason.NOT_FOUND, () -> api().get(map("a")));
    }

    @Test
    void podsWithoutANodeGoAtOnce() {
        api().create(podKey("a"), pod("a"));
        api().delete(podKey("a"));
        refused(Reason.NOT_FOUND, () -> api().get(podKey("a")));
    }

    @Test
    void podsOnANodeGoGracefully() {
        bound("a");
        var waiting = api().delete(podKey("a"));
        assertTrue(waiting.deleting());
        assertEquals(30, waiting.metadata().at("deletionGracePeriodSeconds").number(0));
        assertEquals(waiting.resourceVersion(), api().delete(podKey("a")).resourceVersion());
        api().delete(podKey("a"), DeleteOptions.DEFAULT.withGracePeriodSeconds(0));
        refused(Reason.NOT_FOUND, () -> api().get(podKey("a")));
    }

    private void bound(String name) {
        api().create(podKey(name), pod(name));
        api().create(podKey(name).sub("binding"), binding(name, "n1"));
    }

    private static KubeObject binding(String pod, String node) {
        return object("{'apiVersion':'v1','kind':'Binding','metadata':{'name':'" + pod
                + "'},'target':{'kind':'Node','name':'" + node + "'}}");
    }

    @Test
    void bindsAPodOnce() {
        bound("a");
        var pod = api().get(podKey("a"));
        assertEquals("n1", pod.spec().text("nodeName"));
        assertEquals("True", pod.status().array("conditions").at(0).object().text("status"));
        var refusal = refused(Reason.CONFLICT, () -> api().create(podKey("a").sub("binding"), binding("a", "n2")));
        assertEquals("Operation cannot be fulfilled on pods/binding \"a\": pod a is already assigned to node \"n1\"",
                refusal.getMessage());
    }

    @Test
    void scaleIsAViewOfReplicas() {
        var key = Kinds.DEPLOYMENTS.key("default", "web");
        api().create(key, deployment("web"));
        var scale = api().get(key.sub("scale"));
        assertEquals("app=x", scale.status().text("selector"));
        api().update(key.sub("scale"), scale.with(json("{'replicas':4}"), "spec"));
        assertEquals(4, api().get(key).spec().at("replicas").number(0));
        assertEquals(2, api().get(key).generation());
        var patched = api().patch(key.sub("scale"), merge("{'spec':{'replicas':6}}"));
        assertEquals(6, patched.spec().at("replicas").number(0));
        refused(Reason.CONFLICT, () -> api().update(key.sub("scale"), scale));
    }

    @Test
    void namespacesEndOnlyWhenFinalized() {
        var key = Kinds.NAMESPACES.key("team");
        api().create(key, namespace("team"));
        var ending = api().delete(key);
        assertEquals("Terminating", ending.status().text("phase"));
        var refusal = refused(Reason.FORBIDDEN,
                () -> api().create(Kinds.CONFIG_MAPS.key("team", "a"), configMap("a")));
        assertEquals("configmaps \"a\" is forbidden: unable to create new content in namespace team "
                + "because it is being terminated", refusal.getMessage());
        api().update(key.sub("finalize"), api().get(key).with(JsonArray.EMPTY, "spec", "finalizers"));
        refused(Reason.NOT_FOUND, () -> api().get(key));
    }

    @Test
    void listsPageByPageAtOneRevision() {
        for (int i = 0; i < 5; i++) {
            made("m" + i);
        }
        var query = ListQuery.in(Kinds.CONFIG_MAPS, "default");
        var first = api().list(query.withPage(2, ""));
        assertEquals(List.of("m0", "m1"), names(first.items()));
        assertEquals(3, first.remaining());
        made("m22");
        var second = api().list(query.withPage(2, first.continueToken()));
        assertEquals(List.of("m2", "m3"), names(second.items()));
        assertEquals(first.resourceVersion(), second.resourceVersion());
        var last = api().list(query.withPage(2, second.continueToken()));
        assertEquals(List.of("m4"), names(last.items()));
        assertEquals("", last.continueToken());
        assertEquals(6, api().list(query).items().size());
    }

    private static List<String> names(List<KubeObject> objects) {
        return objects.stream().map(KubeObject::name).toList();
    }

    @Test
    void listsWhatSelectorsSelect() {
        api().create(map("a"), configMap("a").with("web", "metadata", "labels", "app"));
        made("b");
        made("bb");
        bound("p");
        api().create(podKey("q"), pod("q"));
        var maps = ListQuery.in(Kinds.CONFIG_MAPS, "default");
        assertEquals(List.of("a"), names(api().list(maps.with(LabelSelector.of(Map.of("app", "web")))).items()));
        assertEquals(List.of("b"), names(api().list(maps.with(FieldSelector.of("metadata.name", "b"))).items()));
        assertEquals(List.of("p"), names(api().list(ListQuery.all(Kinds.PODS)
                .with(FieldSelector.of("spec.nodeName", "n1"))).items()));
        refused(Reason.BAD_REQUEST,
                () -> api().list(ListQuery.all(Kinds.PODS).with(FieldSelector.of("spec.foo", "x"))));
    }

    @Test
    void listsAtAnOldRevisionOnDemand() {
        var made = made("a");
        made("b");
        var query = ListQuery.in(Kinds.CONFIG_MAPS, "default");
        assertEquals(List.of("a"),
                names(api().list(query.withResourceVersion(made.resourceVersion(), "Exact")).items()));
        assertEquals(List.of("a", "b"),
                names(api().list(query.withResourceVersion(made.resourceVersion(), "NotOlderThan")).items()));
        refused(Reason.TIMEOUT, () -> api().list(query.withResourceVersion("999999", "")));
        refused(Reason.INVALID, () -> api().list(query.withResourceVersion("", "Exact")));
    }

    /** The next event, awaited as a slow transport needs it. */
    private static WatchEvent next(Watch watch) {
        var ready = new Semaphore(0);
        watch.onReady(ready::release);
        try {
            for (var event = watch.poll(); ; event = watch.poll()) {
                if (event.isPresent()) {
                    return event.get();
                }
                assertTrue(ready.tryAcquire(10, TimeUnit.SECONDS), "no event came in time");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String told(WatchEvent event) {
        return event.type() + " " + event.object().name();
    }

    @Test
    void watchesTellWhatFollowsAList() {
        made("a");
        var list = api().list(ListQuery.in(Kinds.CONFIG_MAPS, "default"));
        try (var watch = api().watch(WatchQuery.after(Kinds.CONFIG_MAPS, "default", list.resourceVersion()))) {
            made("b");
            api().patch(map("a"), merge("{'data':{'a':'2'}}"));
            api().delete(map("b"));
            assertEquals("ADDED b", told(next(watch)));
            assertEquals("MODIFIED a", told(next(watch)));
            var gone = next(watch);
            assertEquals("DELETED b", told(gone));
            assertTrue(Long.parseLong(gone.object().resourceVersion())
                    > Long.parseLong(api().get(map("a")).resourceVersion()));
            assertEquals("1", gone.object().tree().text("data", "a"));
        }
    }

    @Test
    void watchesWithoutARevisionBeginWithWhatIsThere() {
        made("a");
        made("b");
        try (var watch = api().watch(WatchQuery.after(Kinds.CONFIG_MAPS, "default", ""))) {
            assertEquals("ADDED a", told(next(watch)));
            assertEquals("ADDED b", told(next(watch)));
            made("c");
            assertEquals("ADDED c", told(next(watch)));
        }
    }

    @Test
    void watchesMarkTheEndOfWhatIsThere() {
        made("a");
        var query = new WatchQuery(Kinds.CONFIG_MAPS, "default", LabelSelector.ALL, FieldSelector.ALL, "", true,
                WatchQuery.Initial.SEND);
        try (var watch = api().watch(query)) {
            assertEquals("ADDED a", told(next(watch)));
            var end = next(watch);
            assertEquals(WatchEvent.Type.BOOKMARK, end.type());
            assertEquals("true", end.object().annotations().get("k8s.io/initial-events-end"));
            assertEquals("ConfigMap", end.object().kind());
        }
    }

    @Test
    void watchesFollowWhatStartsAndStopsMatching() {
        made("a");
        var query = WatchQuery.after(Kinds.CONFIG_MAPS, "default", api().get(map("a")).resourceVersion())
                .with(LabelSelector.of(Map.of("on", "yes")), FieldSelector.ALL);
        try (var watch = api().watch(query)) {
            api().patch(map("a"), merge("{'data':{'a':'2'}}"));
            api().patch(map("a"), merge("{'metadata':{'labels':{'on':'yes'}}}"));
            api().patch(map("a"), merge("{'data':{'a':'3'}}"));
            api().patch(map("a"), merge("{'metadata':{'labels':null},'data':{'a':'4'}}"));
            assertEquals("ADDED a", told(next(watch)));
            assertEquals("MODIFIED a", told(next(watch)));
            var gone = next(watch);
            assertEquals("DELETED a", told(gone));
            assertEquals("3", gone.object().tree().text("data", "a"));
        }
    }

    @Test
    void writersOnOneObjectLoseNothing() throws InterruptedException {
        made("a");
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 16; i++) {
            String name = "w" + i;
            threads.add(Thread.ofVirtual().start(() -> {
                for (int n = 0; n < 8; n++) {
                    api().patch(map("a"), merge("{'data':{'" + name + "-" + n + "':'1'}}"));
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        assertEquals(1 + 16 * 8, api().get(map("a")).tree().object("data").size());
    }
}
