package dev.starling.apiserver.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TablesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");

    private static JsonObject table(ResourceType type, String yaml) {
        var object = KubeObject.of(Yaml.documents(yaml).getFirst().object());
        return Tables.table(type, List.of(object),
                new Tables.Wish("v1", JsonObject.EMPTY, Tables.Include.METADATA, true, NOW));
    }

    private static List<String> cells(ResourceType type, String yaml) {
        return ((JsonArray) table(type, yaml).array("rows").at(0).object().at("cells")).stream()
                .map(cell -> cell.text().isEmpty() ? cell.toString() : cell.text()).toList();
    }

    private static String podStatus(String rest) {
        return cells(Kinds.PODS, "metadata: {name: p, creationTimestamp: '2026-01-01T00:00:00Z'}\n" + rest).get(2);
    }

    @ParameterizedTest
    @CsvSource({"5, 5s", "119, 119s", "120, 2m", "150, 2m30s", "600, 10m", "10740, 179m", "10800, 3h", "12000, 3h20m",
        "28800, 8h", "172799, 47h", "172800, 2d", "180000, 2d2h", "691200, 8d", "63072000, 2y", "-1, 0s",
        "-5, <invalid>"})
    void tellsDurationsAsPeopleDo(long seconds, String text) {
        assertEquals(text, Cell.duration(Duration.ofSeconds(seconds)));
    }

    @Test
    void showsARunningPod() {
        assertEquals(List.of("p", "1/2", "Running", "3 (5m ago)", "10m", "10.0.0.1", "n1", "<none>", "<none>"),
                cells(Kinds.PODS, """
                        metadata: {name: p, creationTimestamp: '2026-01-01T00:00:00Z'}
                        spec: {nodeName: n1, containers: [{name: a}, {name: b}]}
                        status:
                          phase: Running
                          podIP: 10.0.0.1
                          containerStatuses:
                          - {name: a, ready: true, restartCount: 3, state: {running: {}},
                             lastState: {terminated: {finishedAt: '2026-01-01T00:05:00Z'}}}
                          - {name: b, ready: false, restartCount: 0, state: {running: {}}}
                        """));
    }

    @Test
    void tellsWhyAPodDoesNotRun() {
        assertEquals("Pending", podStatus("status: {phase: Pending}"));
        assertEquals("CrashLoopBackOff", podStatus("status: {phase: Running, containerStatuses: "
                + "[{name: a, state: {waiting: {reason: CrashLoopBackOff}}}]}"));
        assertEquals("Completed", podStatus("status: {phase: Succeeded, containerStatuses: "
                + "[{name: a, state: {terminated: {exitCode: 0, reason: Completed}}}]}"));
        assertEquals("ExitCode:3", podStatus("status: {phase: Failed, containerStatuses: "
                + "[{name: a, state: {terminated: {exitCode: 3}}}]}"));
        assertEquals("Init:1/2", podStatus("spec: {initContainers: [{name: i}, {name: j}]}\n"
                + "status: {phase: Pending, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 0}}}, "
                + "{name: j, state: {waiting: {reason: PodInitializing}}}]}"));
        assertEquals("Init:Error", podStatus("spec: {initContainers: [{name: i}]}\n"
                + "status: {phase: Pending, initContainerStatuses: "
                + "[{name: i, state: {terminated: {exitCode: 1, reason: Error}}}]}"));
        assertEquals("Evicted", podStatus("status: {phase: Failed, reason: Evicted}"));
        assertEquals("SchedulingGated", podStatus("status: {phase: Pending, conditions: "
                + "[{type: PodScheduled, status: 'False', reason: SchedulingGated}]}"));
    }

    @Test
    void showsThatAPodIsBeingDeleted() {
        assertEquals("Terminating", cells(Kinds.PODS, "metadata: {name: p, deletionTimestamp: '2026-01-01T00:00:00Z'}\n"
                + "status: {phase: Running}").get(2));
    }

    @Test
    void marksAPodThatIsDone() {
        var row = table(Kinds.PODS, "metadata: {name: p}\nstatus: {phase: Succeeded}").array("rows").at(0).object();
        assertEquals("Completed", row.array("conditions").at(0).object().text("type"));
    }

    @Test
    void showsDeployments() {
        assertEquals(List.of("web", "2/3", "3", "2", "10m", "nginx", "nginx:1", "app=web"), cells(Kinds.DEPLOYMENTS, """
                metadata: {name: web, creationTimestamp: '2026-01-01T00:00:00Z'}
                spec: {replicas: 3, selector: {matchLabels: {app: web}},
                       template: {spec: {containers: [{name: nginx, image: 'nginx:1'}]}}}
                status: {readyReplicas: 2, updatedReplicas: 3, availableReplicas: 2}
                """));
    }

    @Test
    void showsServices() {
        assertEquals(List.of("web", "NodePort", "10.96.0.9", "<none>", "80:30080/TCP,53/UDP", "10m", "app=web"),
                cells(Kinds.SERVICES, """
                        metadata: {name: web, creationTimestamp: '2026-01-01T00:00:00Z'}
                        spec: {type: NodePort, clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9], selector: {app: web},
                               ports: [{port: 80, nodePort: 30080, protocol: TCP}, {port: 53, protocol: UDP}]}
                        """));
    }

    @Test
    void showsAutoscalers() {
        assertEquals(List.of("web", "Deployment/web", "cpu: <unknown>/50%", "1", "10", "0", "10m"),
                cells(Kinds.HORIZONTAL_POD_AUTOSCALERS, """
                        metadata: {name: web, creationTimestamp: '2026-01-01T00:00:00Z'}
                        spec: {minReplicas: 1, maxReplicas: 10, scaleTargetRef: {kind: Deployment, name: web},
                               metrics: [{type: Resource, resource: {name: cpu,
                                 target: {type: Utilization, averageUtilization: 50}}}]}
                        """));
    }

    @Test
    void showsJobs() {
        assertEquals(List.of("j", "Complete", "1/1", "4m", "10m", "c", "i", "<none>"), cells(Kinds.JOBS, """
                metadata: {name: j, creationTimestamp: '2026-01-01T00:00:00Z'}
                spec: {completions: 1, template: {spec: {containers: [{name: c, image: i}]}}}
                status: {succeeded: 1, startTime: '2026-01-01T00:01:00Z', completionTime: '2026-01-01T00:05:00Z',
                         conditions: [{type: Complete, status: 'True'}]}
                """));
    }

    @Test
    void showsEvents() {
        assertEquals(
                List.of("5m", "Normal", "Started", "pod/web", "spec.x", "kubelet, n", "It started", "10m", "2", "e"),
                cells(Kinds.EVENTS, """
                        metadata: {name: e}
                        involvedObject: {kind: Pod, name: web, fieldPath: spec.x}
                        type: Normal
                        reason: Started
                        message: "It started\\n"
                        count: 2
                        source: {component: kubelet, host: n}
                        firstTimestamp: '2026-01-01T00:00:00Z'
                        lastTimestamp: '2026-01-01T00:05:00Z'
                        """));
    }

    @Test
    void showsNameAndTimeOfOtherKinds() {
        var other = new ResourceType("example.com", "v1", "things", "Thing", true);
        assertEquals(List.of("t", "2026-01-01T00:00:00Z"),
                cells(other, "metadata: {name: t, creationTimestamp: '2026-01-01T00:00:00Z'}"));
    }

    @Test
    void givesEveryKindAsManyCellsAsColumns() {
        for (var type : Kinds.STORED) {
            var table = table(type, "metadata: {name: x}");
            assertEquals(table.array("columnDefinitions").size(),
                    table.array("rows").at(0).object().array("cells").size(), type.toString());
        }
    }

    @Test
    void leavesOutTheColumnsOfLaterTablesAndTheObjectsNobodyWants() {
        var table = Tables.table(Kinds.PODS, List.of(KubeObject.named(Kinds.PODS, "d", "p")),
                new Tables.Wish("v1", JsonObject.EMPTY, Tables.Include.NONE, false, NOW));
        assertTrue(table.array("columnDefinitions").isEmpty());
        assertTrue(table.array("rows").at(0).object().at("object").isNull());
    }
}
