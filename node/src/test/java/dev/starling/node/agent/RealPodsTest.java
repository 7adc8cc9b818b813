package dev.starling.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.PodStreams.LogQuery;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.Times;
import dev.starling.node.cri.ContainerdSettings;
import dev.starling.node.cri.CriRuntime;
import dev.starling.node.cri.RealMachine;
import dev.starling.node.runtime.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods in real containers, from the API to the kernel and back. */
class RealPodsTest {
    @TempDir
    private Path folder;
    private RealApi api;
    private CriRuntime runtime;
    private LiveNode node;

    @BeforeEach
    void start() {
        RealMachine.required();
        api = new RealApi();
        runtime = CriRuntime.open(ContainerdSettings.in(folder));
        RealMachine.importImage(runtime, folder);
        node = new LiveNode(api.api(), runtime, folder);
    }

    @AfterEach
    void stop() throws Exception {
        if (node != null) {
            node.close();
            runtime.close();
            CriRuntime.takeDown(folder);
            api.close();
        }
    }

    /** A spec with one container that runs a script of the test image's shell. */
    private static String shell(String script, String more) {
        return "containers: [{name: app, image: starling-test:1, command: [/bin/sh, -c, '" + script.replace("'", "''")
                + "']" + more + "}]\nenableServiceLinks: false\nautomountServiceAccountToken: false\n";
    }

    private String logs(String pod, boolean previous) {
        try (var in = node.streams.logs(LiveNode.key(pod), new LogQuery("", false, previous, false, Optional.empty(),
                OptionalInt.empty(), OptionalLong.empty()))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void givesContainersTheirEnvironmentInEveryForm() {
        node.create(Kinds.CONFIG_MAPS, "conf", JsonObject.of("a", "from-map"));
        node.create(Kinds.SECRETS, "keys", JsonObject.of("pw", "c2VjcmV0"));
        node.pod("env", "restartPolicy: Never\n" + shell("echo $V $IP $MAP $pw $CPU $(busybox hostname) "
                + "$KUBERNETES_SERVICE_HOST", ", env: [{name: A, value: one}, {name: V, value: $(A)-two}, {name: IP, "
                + "valueFrom: {fieldRef: {fieldPath: status.podIP}}}, {name: MAP, valueFrom: {configMapKeyRef: "
                + "{name: conf, key: a}}}, {name: CPU, valueFrom: {resourceFieldRef: {resource: requests.cpu, "
                + "divisor: 1m}}}], envFrom: [{secretRef: {name: keys}}], resources: {requests: {cpu: 50m}}"));
        node.awaitPhase("env", "Succeeded");
        String ip = node.read("env").status().text("podIP");
        assertEquals("one-two " + ip + " from-map secret 50 env 10.96.0.1\n", logs("env", false));
    }

    @Test
    void mountsVolumesAndFollowsTheirChanges() {
        node.create(Kinds.CONFIG_MAPS, "conf", JsonObject.of("a", "first"));
        node.create(Kinds.SECRETS, "keys", JsonObject.of("pw", "c2VjcmV0"));
        node.pod("volumes", shell("cat() { busybox cat \"$@\"; }; cat /c/a /s/pw; echo; echo x > /e/f; cat /e/f; "
                + "(echo y > /c/a) 2> /dev/null || echo kept; "
                + "while ! busybox grep -q second /c/a; do busybox sleep 0.1; done; "
                + "cat /c/a; echo; busybox sleep 1000", ", volumeMounts: [{name: c, mountPath: /c}, {name: s, "
                + "mountPath: /s}, {name: e, mountPath: /e}, {name: m, mountPath: /m}]")
                + "terminationGracePeriodSeconds: 1\nvolumes: [{name: c, configMap: {name: conf}}, "
                + "{name: s, secret: {secretName: keys}}, {name: e, emptyDir: {}}, {name: m, emptyDir: "
                + "{medium: Memory}}]\n");
        node.awaitPhase("volumes", "Running");
        Eventually.holds("the container has written", () -> logs("volumes", false).contains("kept"));
        node.api.patch(Kinds.CONFIG_MAPS.key("default", "conf"), new dev.starling.kube.api.Patch.Merge(
                JsonObject.of("data", JsonObject.of("a", "second"))));
        Eventually.holds("the change is there", () -> logs("volumes", false).contains("second"));
        assertTrue(logs("volumes", false).startsWith("firstsecret\nx\n"));
    }

    @Test
    void runsInitContainersInOrderBeforeTheOthers() {
        String init = "{image: starling-test:1, volumeMounts: [{name: e, mountPath: /e}], command: [/bin/sh, -c, ";
        node.pod("ordered", "restartPolicy: Never\n" + shell("busybox cat /e/f",
                ", volumeMounts: [{name: e, mountPath: /e}]") + "volumes: [{name: e, emptyDir: {}}]\n"
                + "initContainers: [" + init + "'busybox sleep 0.3; echo one >> /e/f'], name: one}, "
                + init + "'echo two >> /e/f'], name: two}]\n");
        node.awaitPhase("ordered", "Succeeded");
        assertEquals("one\ntwo\n", logs("ordered", false));
        assertEquals("Completed", node.read("ordered").containerStatus("one").text("state", "terminated", "reason"));
    }

    @Test
    void backsOffAContainerThatCrashesAndKeepsItsLastWords() {
        node.pod("crash", shell("echo out; echo farewell > /dev/termination-log; exit 3", ""));
        Eventually.holds("it backs off", () -> node.read("crash").containerStatus("app")
                .text("state", "waiting", "reason").equals("CrashLoopBackOff"));
        var last = node.read("crash").containerStatus("app").object("lastState", "terminated");
        assertEquals(3, last.at("exitCode").number(0));
        assertEquals("farewell\n", last.text("message"));
        assertEquals("out\n", logs("crash", true));
        assertTrue(node.events().stream().anyMatch(
                e -> e.startsWith("crash BackOff: Back-off restarting failed container app in pod crash_default(")));
    }

    @Test
    void tellsThatAContainerRanOutOfMemory() {
        node.pod("greedy", "restartPolicy: Never\n" + shell("x=a; while :; do x=$x$x$x; done",
                ", resources: {limits: {memory: 16Mi}}"));
        node.awaitPhase("greedy", "Failed");
        var ended = node.read("greedy").containerStatus("app").object("state", "terminated");
        assertEquals("OOMKilled", ended.text("reason"));
        assertEquals(137, ended.at("exitCode").number(0));
    }

    @Test
    void letsAContainerEndItsWorkWhenItsPodIsDeleted() throws IOException {
        var pod = node.pod("polite", shell("trap \"echo bye; exit 0\" TERM; echo up; while :; do busybox sleep 0.1; "
                + "done", ""));
        node.awaitPhase("polite", "Running");
        Eventually.holds("it is up", () -> logs("polite", false).equals("up\n"));
        var watch = node.api.watch(dev.starling.kube.api.WatchQuery.after(Kinds.PODS, "default",
                node.read("polite").object().resourceVersion()));
        node.api.delete(LiveNode.key("polite"));
        Eventually.holds("it is gone", () -> node.find("polite").isEmpty());
        var ended = JsonObject.EMPTY;
        for (var event = watch.poll(); event.isPresent(); event = watch.poll()) {
            var seen = new dev.starling.node.pod.PodView(event.get().object()).containerStatus("app");
            ended = seen.object("state", "terminated").isEmpty() ? ended : seen.object("state", "terminated");
        }
        watch.close();
        assertEquals(0, ended.at("exitCode").number(-1));
        assertTrue(Times.parse(ended.text("finishedAt")).isPresent());
        Eventually.holds("its files are gone", () -> !Files.exists(folder.resolve("pods").resolve(pod.uid())));
    }

    @Test
    void isReadyOnceItsProbeAnswers() {
        node.pod("probed", shell("busybox sleep 1; echo ok > /tmp/ready; busybox sleep 1000",
                ", readinessProbe: {exec: {command: [/bin/sh, -c, 'busybox test -e /tmp/ready']}, periodSeconds: 1}")
                + "terminationGracePeriodSeconds: 0\n");
        node.awaitPhase("probed", "Running");
        assertEquals("False", node.read("probed").condition("Ready").text("status"));
        Eventually.holds("it is ready", () -> node.read("probed").condition("Ready").text("status").equals("True"));
    }

    @Test
    void tellsOfACommandThatDoesNotExist() {
        node.pod("typo", "restartPolicy: Never\ncontainers: [{name: app, image: starling-test:1, "
                + "command: [/no/such]}]\n");
        node.awaitPhase("typo", "Failed");
        var ended = node.read("typo").containerStatus("app").object("state", "terminated");
        assertEquals("StartError", ended.text("reason"));
        assertEquals(128, ended.at("exitCode").number(0));
        assertTrue(ended.text("message").contains("/no/such"), ended.text("message"));
    }

    @Test
    void adoptsWhatRunsAndTellsTheExitCodeOfWhatEnded() throws Exception {
        node.pod("stays", shell("echo once; busybox sleep 1000", "") + "terminationGracePeriodSeconds: 0\n");
        node.pod("ends", "restartPolicy: Never\n" + shell("busybox sleep 2; exit 9", ""));
        node.awaitPhase("stays", "Running");
        node.awaitPhase("ends", "Running");
        String id = node.read("stays").containerStatus("app").text("containerID");
        node.close();
        runtime.close();
        runtime = CriRuntime.open(ContainerdSettings.in(folder));
        Eventually.holds("the container has ended unseen", () -> runtime.containers().stream()
                .anyMatch(c -> c.exited()));
        node = new LiveNode(api.api(), runtime, folder);
        node.awaitPhase("ends", "Failed");
        assertEquals(9, node.read("ends").containerStatus("app").at("state", "terminated", "exitCode").number(0));
        assertEquals(id, node.read("stays").containerStatus("app").text("containerID"));
        assertEquals("once\n", logs("stays", false));
        node.api.delete(LiveNode.key("stays"));
        Eventually.holds("it can still be deleted", () -> node.find("stays").isEmpty());
    }

    @Test
    void endsEverythingAtAGracefulStop() {
        node.pod("web", shell("trap \"exit 0\" TERM; while :; do busybox sleep 0.1; done", ""));
        node.awaitPhase("web", "Running");
        assertTrue(node.node.drain(Duration.ofSeconds(20)));
        assertEquals("Terminated", node.read("web").status().text("reason"));
        assertFalse(runtime.containers().stream().anyMatch(c -> c.running()));
    }
}
