package dev.starling.apiserver.admission;

import static dev.starling.apiserver.registry.Objects.object;
import static dev.starling.apiserver.registry.Objects.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.admission.pods.OldInitContainers;
import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.Request;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.Json;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What objects get from their surroundings when they are created. */
final class DefaultsTest {
    private static final String BETA = "pod.beta.kubernetes.io/init-containers";

    private final TestRegistry server = TestRegistry.inMemory();
    private final Request request = Request.by(Caller.component("test"));

    @AfterEach
    void close() {
        server.close();
    }

    private KubeObject create(ResourceType type, KubeObject object) {
        return server.create(request, type, object);
    }

    private void priorityClass(String name, String rest) {
        create(Kinds.PRIORITY_CLASSES, object("{'apiVersion':'scheduling.k8s.io/v1','kind':'PriorityClass',"
                + "'metadata':{'name':'" + name + "'}," + rest + "}"));
    }

    private static KubeObject claim(String size) {
        return object("{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'name':'c'},'spec':{"
                + "'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'" + size + "'}}}}");
    }

    private static String refusal(Runnable call) {
        return assertThrows(ApiException.class, call::run).getMessage();
    }

    @Test
    void podsWithoutAClassGetTheOneForAll() {
        priorityClass("usual", "'value':7,'globalDefault':true,'preemptionPolicy':'Never'");
        var spec = create(Kinds.PODS, pod("a")).spec();
        assertEquals("usual", spec.text("priorityClassName"));
        assertEquals(7, spec.at("priority").number(0));
        assertEquals("Never", spec.text("preemptionPolicy"));
        assertEquals("priorityclasses.scheduling.k8s.io \"other\" is forbidden: PriorityClass usual is already marked "
                        + "as default. Only one default can exist",
                refusal(() -> priorityClass("other", "'value':8,'globalDefault':true")));
    }

    @Test
    void podsMayNotSayWhatTheirClassSays() {
        priorityClass("high", "'value':9");
        assertEquals("pods \"a\" is forbidden: the integer value of priority (5) must not be provided in pod spec; "
                        + "priority admission controller computed 9 from the given PriorityClass name",
                refusal(() -> create(Kinds.PODS, pod("a").with("high", "spec", "priorityClassName")
                        .with(Json.of(5), "spec", "priority"))));
        assertEquals("pods \"a\" is forbidden: no PriorityClass with name low was found",
                refusal(() -> create(Kinds.PODS, pod("a").with("low", "spec", "priorityClassName"))));
    }

    @Test
    void podsMayNotInventAnOverhead() {
        assertEquals("pods \"a\" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass "
                + "defined Overhead", refusal(() -> create(Kinds.PODS, pod("a").with("1Mi", "spec", "overhead",
                "memory"))));
    }

    @Test
    void claimsGetTheDefaultClassAndGrowWhereItLetsThem() {
        create(Kinds.STORAGE_CLASSES, object("{'apiVersion':'storage.k8s.io/v1','kind':'StorageClass','metadata':"
                + "{'name':'fixed','annotations':{'storageclass.kubernetes.io/is-default-class':'true'}},"
                + "'provisioner':'p'}"));
        var claim = create(Kinds.PERSISTENT_VOLUME_CLAIMS, claim("1Gi"));
        assertEquals("fixed", claim.spec().text("storageClassName"));
        server.api().update(Kinds.PERSISTENT_VOLUME_CLAIMS.key("default", "c").sub("status"),
                claim.with("Bound", "status", "phase"), WriteOptions.DEFAULT);
        assertEquals("persistentvolumeclaims \"c\" is forbidden: only dynamically provisioned pvc can be resized and "
                + "the storageclass that provisions the pvc must support resize", refusal(() -> grow()));
    }

    private void grow() {
        server.registry().change(request, Kinds.PERSISTENT_VOLUME_CLAIMS.key("default", "c"), claim ->
                claim.with("2Gi", "spec", "resources", "requests", "storage"), WriteOptions.DEFAULT);
    }

    @Test
    void oldInitContainersAreDroppedWithAWarning() {
        var made = create(Kinds.PODS, pod("a").with("[{\"name\":\"i\",\"image\":\"x\"}]", "metadata", "annotations",
                BETA));
        assertFalse(made.annotations().containsKey(BETA));
        assertTrue(made.spec().array("initContainers").isEmpty());
        assertTrue(request.warnings().all().getFirst().contains("use spec.initContainers"));
    }

    @Test
    void oldInitContainersAreConvertedWhereTheNamespaceWantsIt() {
        server.registry().change(request, Kinds.NAMESPACES.key("default"), namespace -> namespace.with("convert",
                "metadata", "labels", OldInitContainers.LABEL), WriteOptions.DEFAULT);
        var old = pod("a").with("[{\"name\":\"i\",\"image\":\"x:1\"}]", "metadata", "annotations", BETA);
        var made = create(Kinds.PODS, old);
        var container = made.spec().array("initContainers").objects().getFirst();
        assertEquals("IfNotPresent", container.text("imagePullPolicy"));
        assertFalse(container.array("volumeMounts").isEmpty());
        var both = old.with(made.spec().array("initContainers"), "spec", "initContainers");
        assertTrue(refusal(() -> create(Kinds.PODS, both)).contains("keep spec.initContainers only"));
    }
}
