package dev.starling.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What {@code kill -9} of the server leaves: containers that run on, and everything that was acknowledged. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class AdoptionTest {
    private static RunningServer server;
    private static Kubectl kubectl;

    @BeforeAll
    static void start() {
        server = RunningServer.start();
        kubectl = server.kubectl();
        kubectl.apply(WORK);
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=60s");
        kubectl.ok("wait", "--for=condition=Ready", "pod/counts", "pod/ends", "--timeout=60s");
        Eventually.see("the job runs", () -> kubectl.value("job/build", "default", ".status.active"), "1"::equals);
        Eventually.see("the looper has crashed", () -> restarts("loops"), seen -> !seen.equals("0"));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static final String WORK = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 2
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: nginx, image: nginx}], terminationGracePeriodSeconds: 1}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {selector: {app: web}, ports: [{port: 80}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: counts}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: sh, image: busybox, command: [sh, -c, "i=0; while :; do echo $i; i=$((i+1)); sleep 0.1; done"]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: loops}
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: sh, image: busybox, command: [sh, -c, exit 3]}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: ends}
            spec:
              restartPolicy: Never
              terminationGracePeriodSeconds: 0
              volumes: [{name: d, emptyDir: {}}]
              containers:
              - name: sh
                image: busybox
                command: [sh, -c, "while [ ! -e /d/end ]; do sleep 0.05; done; exit 42"]
                volumeMounts: [{name: d, mountPath: /d}]
            ---
            apiVersion: batch/v1
            kind: Job
            metadata: {name: build}
            spec:
              template:
                spec:
                  restartPolicy: Never
                  volumes: [{name: d, emptyDir: {}}]
                  containers:
                  - name: sh
                    image: busybox
                    command: [sh, -c, "while [ ! -e /d/end ]; do sleep 0.05; done; echo built"]
                    volumeMounts: [{name: d, mountPath: /d}]
            """;

    private static String restarts(String pod) {
        return kubectl.value("pod/" + pod, "default", ".status.containerStatuses[0].restartCount");
    }

    /** Name, container id and restarts of every pod that stays. */
    private static List<String> containers() {
        String all = kubectl.ok("get", "pods", "-o", "jsonpath={range .items[*]}{.metadata.name} "
                + "{.status.containerStatuses[0].containerID} "
                + "{.status.containerStatuses[0].restartCount}{\"\\n\"}{end}");
        return all.lines().filter(line -> !line.startsWith("loops")).sorted().toList();
    }

    private static Map<String, JsonObject> spans() {
        var list = JsonReader.read(kubectl.ok("get", "--raw", "/apis/billing.starling.dev/v1/usagespans"));
        var spans = list.object().array("items").objects();
        var pods = spans.stream().map(span -> span.text("spec", "pod")).toList();
        assertEquals(new HashSet<>(pods).size(), pods.size(), "a pod has several spans: " + pods);
        return spans.stream().collect(Collectors.toMap(span -> span.text("spec", "pod"), span -> span.object("spec")));
    }

    /** Ends the container that waits for this file in its volume. */
    private static void end(String pod) {
        try (var files = Files.walk(server.data().resolve("pods"))) {
            var folders = files.filter(path -> path.endsWith("d") && path.toString().contains(pod)
                    && Files.isDirectory(path)).toList();
            assertFalse(folders.isEmpty(), "no volume of pod " + pod);
            for (Path folder : folders) {
                Files.writeString(folder.resolve("end"), "");
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> lasting() {
        return Machine.podProcesses(server.data()).stream()
                .filter(process -> process.contains("nginx") || process.contains("echo $i")).toList();
    }

    @Test
    @Order(1)
    void aKillUnderLoadLosesNothingAndRestartsNothing() {
        var containers = containers();
        var processes = lasting();
        var spans = spans();
        String ending = kubectl.value("pod/ends", "default", ".metadata.uid");
        String job = kubectl.value("pod", "default", ".items[?(@.metadata.labels.job-name==\"build\")].metadata.uid");
        assertFalse(ending.isEmpty() || job.isEmpty());
        try (var writes = new AcknowledgedWrites(kubectl)) {
            writes.await(100);
            server.kill();
            var killed = Instant.now();
            end(ending);
            end(job);
            Eventually.see("two containers end without the server",
                    () -> Machine.podProcesses(server.data()).toString(), seen -> !seen.contains("/d/end"));
            assertEquals(processes, lasting(), "containers run on without the server");
            server.restart();

            assertEquals(processes, lasting(), "containers are adopted");
            Eventually.see("all are known again", () -> containers().toString(), containers.toString()::equals);
            assertEquals(List.of(), writes.lost());
            seesTheRealExits(killed);
        }
        keepsTheBill(spans);
    }

    private static void seesTheRealExits(Instant killed) {
        Eventually.see("its exit code", () -> kubectl.value("pod/ends", "default",
                ".status.containerStatuses[0].state.terminated.exitCode"), "42"::equals);
        assertEquals("Failed", kubectl.value("pod/ends", "default", ".status.phase"));
        var finished = Instant.parse(kubectl.value("pod/ends", "default",
                ".status.containerStatuses[0].state.terminated.finishedAt"));
        assertTrue(Duration.between(killed, finished).abs().compareTo(Duration.ofSeconds(3)) < 0,
                "killed " + killed + " finished " + finished);
        Eventually.see("the job is complete", () -> kubectl.value("job/build", "default", ".status.succeeded"),
                "1"::equals);
    }

    private static void keepsTheBill(Map<String, JsonObject> before) {
        Eventually.holds("the span of the pod that ended is closed", () -> spans().get("ends").has("end"));
        var spans = spans();
        before.forEach((pod, span) -> {
            assertEquals(span.text("start"), spans.get(pod).text("start"), pod);
            boolean ended = pod.equals("ends") || pod.startsWith("build");
            assertEquals(ended, spans.get(pod).has("end"), pod + " " + spans.get(pod));
        });
        var finished = Instant.parse(kubectl.value("pod/ends", "default",
                ".status.containerStatuses[0].state.terminated.finishedAt"));
        var billed = Instant.parse(spans.get("ends").text("end"));
        assertTrue(Duration.between(finished, billed).abs().compareTo(Duration.ofSeconds(1)) <= 0,
                "finished " + finished + " billed until " + billed);
    }

    @Test
    @Order(2)
    void adoptedPodsAreServedLoggedAndEntered() {
        String address = kubectl.value("service/web", "default", ".spec.clusterIP");
        Eventually.see("the Service answers", () -> Web.page("http://" + address), page -> page.startsWith("200 "));
        var counted = kubectl.ok("logs", "counts").lines().map(Integer::valueOf).toList();
        assertEquals(IntStream.range(0, counted.size()).boxed().toList(), counted, "the log has a gap");
        int begun = counted.size();
        Eventually.holds("the log goes on", () -> kubectl.ok("logs", "counts").lines().count() > begun);
        assertEquals("in\n", kubectl.ok("exec", "counts", "--", "echo", "in"));
        Eventually.see("the looper crashes on", () -> kubectl.value("pod/loops", "default",
                ".status.containerStatuses[0].lastState.terminated.exitCode"), "3"::equals);
    }

    @Test
    @Order(3)
    void downRemovesWhatAKillLeft() {
        server.kill();
        assertFalse(Machine.traces(server.data()).isEmpty());
        assertTrue(server.takeDown().succeeded().contains("Nothing of the instance"));
        assertEquals(List.of(), Machine.traces(server.data()));
    }

    @Test
    @Order(4)
    void podsAreMadeAnewAfterDown() {
        server.restart();
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=60s");
        String address = kubectl.value("service/web", "default", ".spec.clusterIP");
        Eventually.see("the Service answers", () -> Web.page("http://" + address), page -> page.startsWith("200 "));
        Eventually.see("the pod runs again", () -> restarts("counts")
                + kubectl.value("pod/counts", "default", ".status.phase"), "1Running"::equals);
        spans();
    }
}
