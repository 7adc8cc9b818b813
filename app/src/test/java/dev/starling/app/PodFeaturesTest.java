package dev.starling.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a pod may ask for, on the whole system. All pods start together; each test looks at one of them. */
final class PodFeaturesTest {
    private static RunningServer server;
    private static Kubectl kubectl;

    @BeforeAll
    static void start() throws IOException {
        server = RunningServer.start();
        kubectl = server.kubectl();
        try (var file = PodFeaturesTest.class.getResourceAsStream("pod-features.yaml")) {
            kubectl.apply(new String(file.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static String of(String pod, String path) {
        return kubectl.value("pod/" + pod, "default", path);
    }

    private static String ended(String pod) {
        Eventually.see(pod + " ends", () -> of(pod, ".status.phase"), phase -> phase.matches("Succeeded|Failed"));
        return kubectl.ok("logs", pod);
    }

    private static void ready(String... pods) {
        for (String pod : pods) {
            kubectl.ok("wait", "--for=condition=Ready", "pod/" + pod, "--timeout=90s");
        }
    }

    private static String inside(String pod, String script) {
        return kubectl.ok("exec", pod, "--", "sh", "-c", script);
    }

    @Test
    void environmentComesInEveryForm() {
        String said = ended("env");
        assertTrue(said.startsWith("one one-two from-map secret 50 64 env default blue " + of("env", ".status.podIP")
                + " " + of("env", ".spec.nodeName") + " " + of("env", ".metadata.uid") + "\nmap from-map\n"), said);
        assertTrue(said.contains("service " + kubectl.value("service/web", "default", ".spec.clusterIP") + " 80"),
                said);
    }

    @Test
    void requestsAndLimitsAreThoseOfTheControlGroup() {
        ready("limited");
        String memory = inside("limited", "cat /sys/fs/cgroup/memory.max 2>/dev/null "
                + "|| cat /sys/fs/cgroup/memory/memory.limit_in_bytes");
        assertEquals("67108864", memory.strip());
        String cpu = inside("limited", "cat /sys/fs/cgroup/cpu.max 2>/dev/null "
                + "|| cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu/cpu.cfs_period_us");
        assertEquals("50000 100000", cpu.strip().replace('\n', ' '));
    }

    @Test
    void aContainerThatTakesTooMuchMemoryIsKilled() {
        ended("greedy");
        assertEquals("OOMKilled 137", of("greedy", ".status.containerStatuses[0].state.terminated.reason") + " "
                + of("greedy", ".status.containerStatuses[0].state.terminated.exitCode"));
        assertEquals("Failed", of("greedy", ".status.phase"));
    }

    @Test
    void initContainersRunInOrderBeforeTheOthers() {
        assertEquals("one\ntwo\nmain\n", ended("ordered"));
        assertEquals("0 0", of("ordered", ".status.initContainerStatuses[*].state.terminated.exitCode"));
    }

    @Test
    void aFailedInitContainerKeepsTheOthersFromStarting() {
        Eventually.see("it fails", () -> of("uninitialised", ".status.phase"), "Failed"::equals);
        assertEquals("4", of("uninitialised", ".status.initContainerStatuses[0].state.terminated.exitCode"));
        assertEquals("PodInitializing", of("uninitialised", ".status.containerStatuses[0].state.waiting.reason"));
    }

    @Test
    void volumesFollowTheirObjects() {
        ready("volumes");
        assertEquals("from-map secret from-map secret kept",
                inside("volumes", "echo $(cat /map/a) $(cat /secret/pw) $(cat /all/x/a) $(cat /all/pw) "
                        + "$(touch /map/b 2>&- || echo kept)").strip());
        kubectl.ok("patch", "configmap", "live", "-p", "{\"data\": {\"a\": \"changed\"}}");
        Eventually.see("the change is in the volume", () -> inside("volumes", "cat /live/a"), "changed"::equals);
        assertEquals("tmpfs", inside("volumes", "stat -f -c %T /memory").strip());
    }

    @Test
    void aPodTalksToTheApiWithItsToken() {
        String said = ended("client");
        assertTrue(said.contains("pods is forbidden: User \"system:serviceaccount:default:default\" cannot list "
                + "resource \"pods\" in API group \"\" in the namespace \"default\"") || said.contains("NAME"), said);
    }

    @Test
    void livenessRestartsAndReadinessGatesTheService() {
        Eventually.see("it was restarted", () -> of("unwell", ".status.containerStatuses[0].restartCount"),
                seen -> !seen.isEmpty() && !seen.equals("0"));
        ready("gated");
        Eventually.see("it is behind the Service", () -> endpoints("gated"), of("gated", ".status.podIP")::equals);
        String url = "http://" + kubectl.value("service/gated", "default", ".spec.clusterIP");
        Eventually.see("it answers", () -> Web.page(url), page -> page.startsWith("200 "));
        inside("gated", "rm /tmp/ready");
        Eventually.see("it is behind the Service no more", () -> endpoints("gated"), String::isEmpty);
        assertTrue(!Web.page(url).startsWith("200 "));
    }

    private static String endpoints(String service) {
        return kubectl.ok("get", "endpointslices", "-l", "kubernetes.io/service-name=" + service, "-o",
                "jsonpath={.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}");
    }

    @Test
    void aServiceIsReachedFromHostAndPodsAndPodsReachEachOther() {
        ready("web", "volumes");
        String service = "http://" + kubectl.value("service/web", "default", ".spec.clusterIP");
        Eventually.see("from the host", () -> Web.page(service), page -> page.startsWith("200 "));
        assertTrue(Web.page("http://" + of("web", ".status.podIP")).startsWith("200 "));
        for (String address : new String[] {service.substring("http://".length()), of("web", ".status.podIP")}) {
            String page = inside("volumes", "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 " + address + " 80");
            assertTrue(page.contains(" 200 OK"), page);
        }
    }

    @Test
    void aPortOfTheNodeLeadsToAServiceFromHostAndPods() {
        ready("web", "volumes");
        String port = kubectl.value("service/web", "default", ".spec.ports[0].nodePort");
        String node = kubectl.ok("get", "nodes", "-o",
                "jsonpath={.items[0].status.addresses[?(@.type=='InternalIP')].address}");
        Eventually.see("from the host", () -> Web.page("http://" + node + ":" + port), page -> page.startsWith("200 "));
        String page = inside("volumes", "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 " + node + " " + port);
        assertTrue(page.contains(" 200 OK"), page);
        String health = kubectl.value("service/web", "default", ".spec.healthCheckNodePort");
        Eventually.see("a balancer is told", () -> Web.page("http://127.0.0.1:" + health),
                told -> told.startsWith("200 ") && told.contains("\"localEndpoints\":1"));
        assertEquals("", kubectl.value("service/web", "default", ".status.loadBalancer.ingress"));
    }

    @Test
    void aPodWaitsForItsStorageDriver() {
        Eventually.see("it says why", () -> kubectl.ok("get", "events", "--field-selector",
                "involvedObject.name=driven,reason=FailedMount", "-o", "jsonpath={.items[*].message}"),
                told -> told.contains("driver name disk.example.com not found in the list of registered CSI drivers"));
        assertEquals("Pending ContainerCreating", of("driven", ".status.phase") + " "
                + of("driven", ".status.containerStatuses[0].state.waiting.reason"));
    }

    @Test
    void terminationIsGracefulForAsLongAsThePodSays() {
        ready("graceful", "stubborn");
        try (var log = kubectl.start("logs", "-f", "graceful")) {
            kubectl.ok("delete", "pod", "graceful");
            Eventually.holds("its last word", () -> log.out().contains("cleaned up"));
        }
        var begun = Instant.now();
        kubectl.ok("delete", "pod", "stubborn");
        var took = Duration.between(begun, Instant.now());
        assertTrue(took.compareTo(Duration.ofSeconds(2)) >= 0 && took.compareTo(Duration.ofSeconds(15)) < 0,
                "two seconds of grace took " + took);
    }

    @Test
    void aFinishedJobIsRemovedAfterItsTime() {
        Eventually.see("the job goes", () -> kubectl.value("job/brief", "default", ".metadata.name"), String::isEmpty);
        Eventually.see("and its pods", () -> kubectl.ok("get", "pods", "-l", "job-name=brief", "-o", "name"),
                String::isEmpty);
        Eventually.see("all have run", () -> kubectl.value("job/three", "default", ".status.succeeded"), "3"::equals);
        assertEquals("True", kubectl.value("job/three", "default",
                ".status.conditions[?(@.type==\"Complete\")].status"));
        Eventually.see("it gives up", () -> kubectl.value("job/fails", "default",
                ".status.conditions[?(@.type==\"Failed\")].reason"), "BackoffLimitExceeded"::equals);
    }

    @Test
    void aCronJobMakesAJobEachMinute() {
        String made = Eventually.see("a job of the schedule", () -> kubectl.ok("get", "jobs", "-o",
                "jsonpath={.items[?(@.metadata.ownerReferences[0].name==\"each-minute\")].metadata.name}"),
                seen -> !seen.isEmpty());
        assertTrue(made.matches("each-minute-\\d+( each-minute-\\d+)*"), made);
        kubectl.ok("create", "job", "by-hand", "--from=cronjob/each-minute");
        kubectl.ok("wait", "--for=condition=Complete", "job/by-hand", "--timeout=60s");
    }

    @Test
    void restartsBackOffAndKeepCount() {
        Eventually.see("it backs off", () -> of("loops", ".status.containerStatuses[0].state.waiting.reason"),
                "CrashLoopBackOff"::equals);
        assertTrue(Integer.parseInt(of("loops", ".status.containerStatuses[0].restartCount")) > 0);
        assertEquals("6", of("loops", ".status.containerStatuses[0].lastState.terminated.exitCode"));
    }
}
