package dev.starling.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** fabric8 at a user's work, each test in a namespace of its own. */
@ExtendWith(Server.class)
final class Fabric8ClientTest {
    private final KubernetesClient client;
    private String namespace = "";

    Fabric8ClientTest(Server.Running server) throws IOException {
        client = new KubernetesClientBuilder().withConfig(
                Config.fromKubeconfig(Files.readString(server.kubeconfig()))).build();
    }

    @BeforeEach
    void makeNamespace(TestInfo test) {
        namespace = "fabric8-" + test.getTestMethod().orElseThrow().getName().toLowerCase();
        client.resource(new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build()).create();
    }

    @AfterEach
    void removeNamespace() {
        client.namespaces().withName(namespace).delete();
        client.close();
    }

    private ConfigMap map(String name, Map<String, String> data) {
        return new ConfigMapBuilder().withNewMetadata().withName(name).withNamespace(namespace)
                .addToLabels("made", "here").endMetadata().withData(data).build();
    }

    private Resource<ConfigMap> named(String name) {
        return client.configMaps().inNamespace(namespace).withName(name);
    }

    @Test
    void createsEditsAndDeletes() {
        var made = client.resource(map("one", Map.of("a", "1"))).create();
        assertNotNull(made.getMetadata().getUid());
        assertEquals(409, assertThrows(KubernetesClientException.class,
                () -> client.resource(map("one", Map.of())).create()).getCode());
        named("one").edit(map -> new ConfigMapBuilder(map).addToData("b", "2").build());
        assertEquals(Map.of("a", "1", "b", "2"), named("one").get().getData());
        made.getData().put("a", "9");
        assertEquals(409, assertThrows(KubernetesClientException.class,
                () -> client.resource(made).update()).getCode());
        assertEquals(1, client.configMaps().inNamespace(namespace).withLabel("made", "here").list().getItems().size());
        assertTrue(client.configMaps().inNamespace(namespace).withLabelNotIn("made", "there", "here").list()
                .getItems().stream().noneMatch(map -> map.getMetadata().getName().equals("one")));
        named("one").delete();
        assertNull(named("one").get());
    }

    @Test
    void patchesInEveryWay() {
        client.resource(map("patched", Map.of("a", "1"))).create();
        named("patched").patch(PatchContext.of(PatchType.JSON),
                "[{\"op\": \"replace\", \"path\": \"/data/a\", \"value\": \"2\"}]");
        named("patched").patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\": {\"b\": \"1\"}}");
        named("patched").patch(PatchContext.of(PatchType.STRATEGIC_MERGE), "{\"data\": {\"c\": \"1\"}}");
        assertEquals(Map.of("a", "2", "b", "1", "c", "1"), named("patched").get().getData());
    }

    @Test
    void appliesFromTheServersSide() {
        client.resource(map("applied", Map.of("a", "1", "b", "1"))).fieldManager("first").serverSideApply();
        var other = client.resource(map("applied", Map.of("a", "2")));
        var conflict = assertThrows(KubernetesClientException.class,
                () -> other.fieldManager("second").serverSideApply());
        assertEquals(409, conflict.getCode());
        assertEquals("FieldManagerConflict", conflict.getStatus().getDetails().getCauses().getFirst().getReason());
        var forced = other.fieldManager("second").forceConflicts().serverSideApply();
        assertEquals(Map.of("a", "2", "b", "1"), forced.getData());
        assertEquals(2, forced.getMetadata().getManagedFields().size());
        var less = client.resource(map("applied", Map.of())).fieldManager("first").serverSideApply();
        assertEquals(Map.of("a", "2"), less.getData());
    }

    @Test
    void watches() throws Exception {
        var seen = new ConcurrentLinkedQueue<String>();
        try (var watch = client.configMaps().inNamespace(namespace).withLabel("made").watch(new Told(seen))) {
            client.resource(map("seen", Map.of())).create();
            named("seen").patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\": {\"b\": \"1\"}}");
            named("seen").delete();
            Awaited.holds("all is told", () -> seen.size() == 3);
            assertEquals(List.of("ADDED seen", "MODIFIED seen", "DELETED seen"), List.copyOf(seen));
            assertNotNull(watch);
        }
    }

    /** Tells what a watch tells. */
    private record Told(Queue<String> seen) implements Watcher<ConfigMap> {
        @Override
        public void eventReceived(Action action, ConfigMap map) {
            seen.add(action + " " + map.getMetadata().getName());
        }

        @Override
        public void onClose(WatcherException cause) {
            seen.add("closed by " + cause);
        }
    }

    @Test
    void informsOfChangesAndResyncs() throws Exception {
        client.resource(map("before", Map.of())).create();
        var seen = new ConcurrentLinkedQueue<String>();
        try (var informer = client.configMaps().inNamespace(namespace).withLabel("made")
                .inform(new Recorded(seen), 1_000)) {
            Awaited.holds("the first is seen", () -> seen.contains("add before"));
            client.resource(map("after", Map.of())).create();
            Awaited.holds("the second is seen", () -> seen.contains("add after"));
            Awaited.holds("all are told again", () -> seen.contains("update before"));
            named("before").delete();
            Awaited.holds("the deletion is seen", () -> seen.contains("delete before"));
            assertEquals(1, informer.getStore().list().size());
        }
    }

    /** Tells what an informer tells. */
    private record Recorded(Queue<String> seen) implements ResourceEventHandler<ConfigMap> {
        @Override
        public void onAdd(ConfigMap map) {
            seen.add("add " + map.getMetadata().getName());
        }

        @Override
        public void onUpdate(ConfigMap before, ConfigMap after) {
            seen.add("update " + after.getMetadata().getName());
        }

        @Override
        public void onDelete(ConfigMap map, boolean unknown) {
            seen.add("delete " + map.getMetadata().getName());
        }
    }

    @Test
    void rollsOutScalesAndReadsLogs() {
        var profile = client.resource("{\"apiVersion\": \"starling.dev/v1\", \"kind\": \"FargateProfile\", "
                + "\"metadata\": {\"name\": \"" + namespace + "\"}, "
                + "\"spec\": {\"selectors\": [{\"namespace\": \"" + namespace + "\"}]}}");
        profile.create();
        client.resource(deployment()).create();
        var web = client.apps().deployments().inNamespace(namespace).withName("web");
        web.waitUntilReady(90, TimeUnit.SECONDS);
        web.withTimeout(90, TimeUnit.SECONDS).scale(2);
        var ready = web.waitUntilCondition(seen -> Integer.valueOf(2).equals(seen.getStatus().getReadyReplicas()),
                90, TimeUnit.SECONDS);
        assertEquals(2, ready.getSpec().getReplicas());
        var pod = client.pods().inNamespace(namespace).withLabel("app", "web").list().getItems().getFirst();
        assertNotNull(client.pods().inNamespace(namespace).withName(pod.getMetadata().getName()).getLog());
        web.delete();
        web.waitUntilCondition(Objects::isNull, 90, TimeUnit.SECONDS);
        profile.delete();
    }

    private Deployment deployment() {
        return new DeploymentBuilder().withNewMetadata().withName("web").withNamespace(namespace).endMetadata()
                .withNewSpec().withReplicas(1).withNewSelector().addToMatchLabels("app", "web").endSelector()
                .withNewTemplate().withNewMetadata().addToLabels("app", "web").endMetadata()
                .withNewSpec().addNewContainer().withName("web").withImage("nginx").endContainer().endSpec()
                .endTemplate().endSpec().build();
    }

    @Test
    void electsOneLeaderAfterTheOther() throws Exception {
        var led = new ConcurrentLinkedQueue<String>();
        var first = elector("a", led);
        var second = elector("b", led);
        var ruling = first.start();
        Awaited.holds("the first leads", () -> led.contains("a leads"));
        var waiting = second.start();
        Awaited.holds("the second knows who leads", () -> led.contains("b follows a"));
        assertFalse(led.contains("b leads"));
        ruling.cancel(true);
        Awaited.holds("the second follows", () -> led.contains("b leads"));
        assertEquals("b", client.leases().inNamespace(namespace).withName("leader").get().getSpec()
                .getHolderIdentity());
        waiting.cancel(true);
    }

    private LeaderElector elector(String name, Queue<String> led) {
        return client.leaderElector().withConfig(new LeaderElectionConfigBuilder().withName("elected")
                .withLock(new LeaseLock(namespace, "leader", name)).withReleaseOnCancel(true)
                .withLeaseDuration(Duration.ofSeconds(15)).withRenewDeadline(Duration.ofSeconds(10))
                .withRetryPeriod(Duration.ofMillis(500))
                .withLeaderCallbacks(new LeaderCallbacks(() -> led.add(name + " leads"),
                        () -> led.add(name + " stopped"), leader -> led.add(name + " follows " + leader)))
                .build()).build();
    }

    @Test
    void usesKindsByTheirNamesAlone() {
        var maps = client.genericKubernetesResources("v1", "ConfigMap").inNamespace(namespace);
        client.resource(map("generic", Map.of("a", "1"))).create();
        GenericKubernetesResource found = maps.withName("generic").get();
        assertEquals(Map.of("a", "1"), found.getAdditionalProperties().get("data"));
        assertTrue(client.supports("apps/v1", "Deployment"));
        assertEquals("1", client.getKubernetesVersion().getMajor());
    }
}
