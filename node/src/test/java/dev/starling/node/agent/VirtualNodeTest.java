package dev.starling.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.Release;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.Quantity;
import dev.starling.node.pod.PodView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VirtualNodeTest {
    @TempDir
    private Path folder;
    private SimulatedNode node;

    @BeforeEach
    void start() {
        node = new SimulatedNode(folder);
    }

    private static String condition(PodView pod, String type) {
        return pod.condition(type).text("status");
    }

    @Test
    void showsThePoolAsANodeWithALease() {
        var object = node.api.get(Kinds.NODES.key("starling-virtual-0"));
        assertEquals("virtual-kubelet", object.labels().get("type"));
        assertEquals("4", object.status().text("capacity", "cpu"));
        assertEquals("3900m", object.status().text("allocatable", "cpu"));
        assertTrue(Quantity.tryParse(object.status().text("allocatable", "ephemeral-storage")).orElseThrow()
                .units() > 0);
        assertEquals(Release.VERSION, object.status().text("nodeInfo", "kubeletVersion"));
        var lease = Kinds.LEASES.key("kube-node-lease", "starling-virtual-0");
        String before = node.api.get(lease).spec().text("renewTime");
        node.run(Duration.ofSeconds(11));
        assertTrue(node.api.get(lease).spec().text("renewTime").compareTo(before) > 0);
    }

    @Test
    void runsABarePodWithOneStatusWrite() {
        node.runtime.images().pull("nginx:1", dev.starling.node.runtime.RegistryCredentials.ANONYMOUS);
        int before = node.api.writes().size();
        node.pod("web", SimulatedNode.container("web"));
        node.run(Duration.ofSeconds(5));
        var pod = node.read("web");
        assertEquals("Running", pod.status().text("phase"));
        assertEquals("True", condition(pod, "Ready"));
        assertEquals("True", condition(pod, "PodScheduled"));
        assertTrue(pod.status().text("podIP").startsWith("10.63."));
        assertEquals("10.0.0.1", pod.status().text("hostIP"));
        assertTrue(pod.containerStatus("web").object("state").has("running"));
        var receipt = JsonReader.read(pod.object().annotations().get("starling.dev/receipt")).object();
        assertEquals("warm", receipt.text("sandboxFrom"));
        assertTrue(receipt.has("total"));
        assertFalse(pod.object().annotations().get("starling.dev/billing-start").isEmpty());
        var writes = node.api.writes().subList(before, node.api.writes().size()).stream()
                .filter(w -> w.contains("pods ")).toList();
        assertEquals(List.of("create pods default/web", "patch pods default/web/status"), writes);
    }

    @Test
    void isBilledBeforeAPullBegins() {
        node.pod("web", SimulatedNode.container("web"));
        node.run(Duration.ofSeconds(5));
        var writes = node.api.writes().stream().filter(w -> w.contains("pods default/web/status")).toList();
        assertEquals(2, writes.size());
        assertEquals("Running", node.read("web").status().text("phase"));
        assertTrue(node.events().stream().anyMatch(e -> e.equals("Pulling: Pulling image \"nginx:1\"")));
        assertTrue(node.events().stream().anyMatch(e -> e.startsWith("Pulled: Successfully pulled image")));
        assertTrue(node.events().contains("Started: Started container web"));
    }

    @Test
    void deletesGracefullyWithTheEndOnRecord() {
        node.pod("web", SimulatedNode.container("web"));
        node.run(Duration.ofSeconds(5));
        var watch = node.api.watch(dev.starling.kube.api.WatchQuery.after(Kinds.PODS, "", ""));
        node.api.delete(SimulatedNode.key("web"));
        node.run(Duration.ofSeconds(5));
        assertTrue(node.find("web").isEmpty());
        var last = new PodView(watch.poll().orElseThrow().object());
        for (var next = watch.poll(); next.isPresent(); next = watch.poll()) {
            last = new PodView(next.get().object());
        }
        assertTrue(last.containerStatus("web").object("state").has("terminated"));
        assertFalse(last.object().annotations().get("starling.dev/billing-end").isEmpty());
        assertEquals(2, node.runtime.sandboxes().size());
        assertEquals(0, node.node.pods());
        assertTrue(node.events().contains("Killing: Stopping container web"));
    }

    @Test
    void backsOffACrashingContainer() {
        node.annotated("crash", JsonObject.of("simulation.starling.dev/run-for", "1s",
                "simulation.starling.dev/exit-code", "3"), SimulatedNode.container("app"));
        node.run(Duration.ofSeconds(6));
        var status = node.read("crash").containerStatus("app");
        assertEquals("CrashLoopBackOff", status.text("state", "waiting", "reason"));
        assertTrue(status.text("state", "waiting", "message")
                .startsWith("back-off 10s restarting failed container=app pod=crash_default("));
        assertEquals(3, status.at("lastState", "terminated", "exitCode").number(0));
        assertEquals("Error", status.text("lastState", "terminated", "reason"));
        assertEquals(1, status.at("restartCount").number(0));
        node.run(Duration.ofSeconds(60));
        assertEquals(3, node.read("crash").containerStatus("app").at("restartCount").number(0));
        assertEquals("Running", node.read("crash").status().text("phase"));
        assertEquals("False", condition(node.read("crash"), "Ready"));
    }

    @Test
    void completesAPodThatNeverRestarts() {
        node.annotated("job", JsonObject.of("simulation.starling.dev/run-for", "2s"),
                SimulatedNode.container("app"), "restartPolicy", "Never");
        node.run(Duration.ofSeconds(10));
        var pod = node.read("job");
        assertEquals("Succeeded", pod.status().text("phase"));
        assertEquals("Completed", pod.containerStatus("app").text("state", "terminated", "reason"));
        assertEquals("PodCompleted", pod.condition("Ready").text("reason"));
        assertEquals(2, node.runtime.sandboxes().size());
        node.api.delete(SimulatedNode.key("job"));
        node.run(Duration.ofSeconds(2));
        assertEquals(0, node.node.pods());
    }

    @Test
    void runsInitContainersInOrder() {
        var init = JsonArray.of(SimulatedNode.container("first"), SimulatedNode.container("second"));
        node.annotated("ordered", JsonObject.of("simulation.starling.dev/run-for", "3s"),
                SimulatedNode.container("app"), "initContainers", init, "restartPolicy", "Never");
        node.run(Duration.ofSeconds(1));
        var pod = node.read("ordered");
        assertTrue(pod.containerStatus("first").object("state").has("running"));
        assertEquals("PodInitializing", pod.containerStatus("app").text("state", "waiting", "reason"));
        assertEquals("containers with incomplete status: [first second]",
                pod.condition("Initialized").text("message"));
        node.run(Duration.ofSeconds(3));
        assertTrue(node.read("ordered").containerStatus("second").object("state").has("running"));
        node.run(Duration.ofSeconds(7));
        assertEquals("Succeeded", node.read("ordered").status().text("phase"));
    }

    @Test
    void tellsOfAnImageThatCannotBeHad() {
        node.pod("lost", JsonObject.of("name", "app", "image", "absent"));
        node.run(Duration.ofSeconds(1));
        assertEquals("ErrImagePull", node.read("lost").containerStatus("app").text("state", "waiting", "reason"));
        node.run(Duration.ofSeconds(5));
        var waiting = node.read("lost").containerStatus("app").object("state", "waiting");
        assertEquals("ImagePullBackOff", waiting.text("reason"));
        assertTrue(waiting.text("message").startsWith("Back-off pulling image \"absent\""));
        assertEquals("Pending", node.read("lost").status().text("phase"));
        node.api.delete(SimulatedNode.key("lost"));
        node.run(Duration.ofSeconds(10));
        assertTrue(node.find("lost").isEmpty());
    }

    @Test
    void refusesWhatThePoolDoesNotHave() {
        node.pod("big", SimulatedNode.container("app").with("resources",
                JsonObject.of("requests", JsonObject.of("cpu", "16"))));
        node.run(Duration.ofSeconds(2));
        var status = node.read("big").status();
        assertEquals("Failed", status.text("phase"));
        assertEquals("OutOfcpu", status.text("reason"));
        assertEquals("Pod was rejected: Node didn't have enough resource: cpu, requested: 16000, used: 0, "
                + "capacity: 3900", status.text("message"));
    }

    @Test
    void saysThatALimitOnStorageIsNotEnforced() {
        node.pod("stores", SimulatedNode.container("app").with("resources", JsonObject.of("limits",
                JsonObject.of("ephemeral-storage", "1Gi"), "requests", JsonObject.of("ephemeral-storage", "1Gi"))));
        node.run(Duration.ofSeconds(5));
        assertEquals("Running", node.read("stores").status().text("phase"));
        assertTrue(node.events().contains("NotEnforced: The limit of container app on ephemeral-storage is not "
                + "enforced yet by Starling; its request counts for scheduling"));
    }

    @Test
    void endsAPodAtItsDeadline() {
        node.pod("late", SimulatedNode.container("app"), "activeDeadlineSeconds", 30);
        node.run(Duration.ofSeconds(20));
        assertEquals("Running", node.read("late").status().text("phase"));
        node.run(Duration.ofSeconds(15));
        var status = node.read("late").status();
        assertEquals("Failed", status.text("phase"));
        assertEquals("DeadlineExceeded", status.text("reason"));
    }

    @Test
    void adoptsRunningContainersAndRealExitCodes() throws Exception {
        node.pod("stays", SimulatedNode.container("app"));
        node.annotated("ends", JsonObject.of("simulation.starling.dev/run-for", "60s",
                "simulation.starling.dev/exit-code", "7"), SimulatedNode.container("app"), "restartPolicy", "Never");
        node.pod("leaves", SimulatedNode.container("app"));
        node.run(Duration.ofSeconds(5));
        String id = node.read("stays").containerStatus("app").text("containerID");
        node.restart();
        node.api.delete(SimulatedNode.key("leaves"),
                dev.starling.kube.api.DeleteOptions.DEFAULT.withGracePeriodSeconds(0));
        node.run(Duration.ofSeconds(70));
        assertEquals(id, node.read("stays").containerStatus("app").text("containerID"));
        assertEquals(0, node.read("stays").containerStatus("app").at("restartCount").number(9));
        assertEquals("Running", node.read("stays").status().text("phase"));
        assertEquals("Failed", node.read("ends").status().text("phase"));
        assertEquals(7, node.read("ends").containerStatus("app").at("state", "terminated", "exitCode").number(0));
        assertEquals(3, node.runtime.sandboxes().size());
        assertEquals(2, node.pool.warm());
    }

    @Test
    void restartsWhenAnExitHappenedWhileNobodyLooked() throws Exception {
        node.annotated("ends", JsonObject.of("simulation.starling.dev/run-for", "60s",
                "simulation.starling.dev/exit-code", "7"), SimulatedNode.container("app"));
        node.run(Duration.ofSeconds(59));
        node.restart();
        node.run(Duration.ofSeconds(20));
        var status = node.read("ends").containerStatus("app");
        assertEquals(1, status.at("restartCount").number(0));
        assertEquals(7, status.at("lastState", "terminated", "exitCode").number(0));
    }

    @Test
    void waitsForMissingConfigurationAndGoesOnWhenItComes() {
        var env = JsonArray.of(JsonObject.of("name", "A", "valueFrom", JsonObject.of("configMapKeyRef",
                JsonObject.of("name", "conf", "key", "a"))));
        node.pod("wants", SimulatedNode.container("app").with("env", env));
        node.run(Duration.ofSeconds(1));
        var waiting = node.read("wants").containerStatus("app").object("state", "waiting");
        assertEquals("CreateContainerConfigError", waiting.text("reason"));
        assertEquals("configmap \"conf\" not found", waiting.text("message"));
        node.create(Kinds.CONFIG_MAPS, "conf", JsonObject.of("data", JsonObject.of("a", "1")));
        node.run(Duration.ofMillis(500));
        assertEquals("Running", node.read("wants").status().text("phase"));
    }

    @Test
    void isReadyOnlyWhenItsProbeSaysSo() {
        var probe = JsonObject.of("exec", JsonObject.of("command", JsonArray.of("true")),
                "initialDelaySeconds", 8);
        node.pod("probed", SimulatedNode.container("app").with("readinessProbe", probe));
        node.run(Duration.ofSeconds(5));
        var pod = node.read("probed");
        assertEquals("False", condition(pod, "Ready"));
        assertEquals("containers with unready status: [app]", pod.condition("Ready").text("message"));
        node.run(Duration.ofSeconds(5));
        assertEquals("True", condition(node.read("probed"), "Ready"));
        var receipt = JsonReader.read(node.read("probed").object().annotations().get("starling.dev/receipt")).object();
        assertTrue(receipt.has("readiness"));
    }

    @Test
    void restartsAContainerThatFailsItsLivenessProbe() {
        var probe = JsonObject.of("tcpSocket", JsonObject.of("port", "nothing"), "failureThreshold", 2,
                "periodSeconds", 5);
        node.pod("dying", SimulatedNode.container("app").with("livenessProbe", probe));
        node.run(Duration.ofSeconds(9));
        assertEquals(1, node.read("dying").containerStatus("app").at("restartCount").number(0));
        assertTrue(node.events().contains("Killing: Container app failed liveness probe, will be restarted"));
        assertTrue(node.events().stream().anyMatch(e -> e.startsWith("Unhealthy: Liveness probe failed: ")));
    }

    @Test
    void endsAllPodsAtAGracefulStop() {
        node.pod("web", SimulatedNode.container("web"));
        node.run(Duration.ofSeconds(3));
        node.node.beginDrain();
        node.run(Duration.ofSeconds(3));
        assertTrue(node.node.drained());
        var pod = node.read("web");
        assertEquals("Failed", pod.status().text("phase"));
        assertEquals("Terminated", pod.status().text("reason"));
        assertFalse(pod.object().annotations().get("starling.dev/billing-end").isEmpty());
        var ready = node.api.get(Kinds.NODES.key("starling-virtual-0")).status().array("conditions").objects()
                .stream().filter(c -> c.text("type").equals("Ready")).findFirst().orElseThrow();
        assertEquals("False", ready.text("status"));
    }

    @Test
    void tellsWhyACommandCannotBeStarted() {
        node.annotated("typo", JsonObject.of("simulation.starling.dev/start-error", "exec: no such file"),
                SimulatedNode.container("app"), "restartPolicy", "Never");
        node.run(Duration.ofSeconds(5));
        var ended = node.read("typo").containerStatus("app").object("state", "terminated");
        assertEquals("StartError", ended.text("reason"));
        assertEquals(128, ended.at("exitCode").number(0));
        assertEquals("exec: no such file", ended.text("message"));
        assertEquals("Failed", node.read("typo").status().text("phase"));
    }
}
