package dev.starling.control.endpointslice;

import static dev.starling.control.workload.Objects.pod;
import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SlicePlanTest {
    private static final KubeObject SERVICE = yaml("""
            apiVersion: v1
            kind: Service
            metadata: {namespace: default, name: web, uid: s, labels: {team: a}}
            spec:
              clusterIP: 10.0.0.1
              selector: {app: web}
              ports: [{name: http, port: 80, targetPort: web, protocol: TCP}]
            """);

    private static KubeObject serving(String name, String ip, int port) {
        var containers = Yaml.documents("[{name: c, ports: [{name: web, containerPort: " + port + "}]}]").getFirst();
        return pod("default/" + name, "app=web").with(containers, "spec", "containers").with("n", "spec", "nodeName")
                .with(Yaml.documents("{phase: Running, podIP: %s, conditions: [{type: Ready, status: 'True'}]}"
                        .formatted(ip)).getFirst(), "status");
    }

    private static KubeObject stored(KubeObject made, String name) {
        return made.with(name, "metadata", "name").with("uid-" + name, "metadata", "uid");
    }

    private static JsonObject endpoint(KubeObject slice, int at) {
        return slice.tree().array("endpoints").at(at).object();
    }

    @Test
    void showsAPodWithItsPortNodeAndReference() {
        var plan = SlicePlan.of(SERVICE, List.of(serving("a", "10.1.0.1", 8080)), List.of());
        var slice = plan.create().getFirst();
        assertEquals(Yaml.documents("[{name: http, port: 8080, protocol: TCP}]").getFirst(), slice.tree().at("ports"));
        assertEquals(Yaml.documents("""
                addresses: [10.1.0.1]
                conditions: {ready: true, serving: true, terminating: false}
                nodeName: n
                targetRef: {kind: Pod, namespace: default, name: a, uid: uid-a}
                """).getFirst(), endpoint(slice, 0));
        assertEquals("web", slice.labels().get("kubernetes.io/service-name"));
        assertEquals("endpointslice-controller.k8s.io",
                slice.labels().get("endpointslice.kubernetes.io/managed-by"));
        assertEquals("a", slice.labels().get("team"));
        assertEquals("web-", slice.metadata().text("generateName"));
    }

    @Test
    void tellsWhoIsReadyServingAndTerminating() {
        var leaving = serving("b", "10.1.0.2", 80).with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp");
        var starting = serving("c", "10.1.0.3", 80).without("status", "conditions");
        var slice = SlicePlan.of(SERVICE, List.of(leaving, starting), List.of()).create().getFirst();
        assertEquals(JsonObject.of("ready", false, "serving", true, "terminating", true),
                endpoint(slice, 0).object("conditions"));
        assertEquals(JsonObject.of("ready", false, "serving", false, "terminating", false),
                endpoint(slice, 1).object("conditions"));
        var eager = SERVICE.with(Json.of(true), "spec", "publishNotReadyAddresses");
        assertEquals(true, endpoint(SlicePlan.of(eager, List.of(starting), List.of()).create().getFirst(), 0)
                .object("conditions").flag("ready"));
    }

    @Test
    void leavesOutEndedPodsAndThoseWithoutAddressOrPort() {
        var ended = serving("a", "10.1.0.1", 80).with("Succeeded", "status", "phase");
        var portless = serving("c", "10.1.0.3", 80).without("spec", "containers");
        var plan = SlicePlan.of(SERVICE, List.of(ended, pod("default/b", "app=web"), portless), List.of());
        assertEquals(1, plan.create().size());
        assertEquals(0, plan.create().getFirst().tree().array("endpoints").size());
    }

    @Test
    void aStableStateNeedsNoWrites() {
        var pods = List.of(serving("a", "10.1.0.1", 80), serving("b", "10.1.0.2", 80));
        var slice = stored(SlicePlan.of(SERVICE, pods, List.of()).create().getFirst(), "web-1");
        assertEquals(new SlicePlan(List.of(), List.of(), List.of()), SlicePlan.of(SERVICE, pods, List.of(slice)));
        var empty = stored(SlicePlan.of(SERVICE, List.of(), List.of()).create().getFirst(), "web-0");
        assertEquals(new SlicePlan(List.of(), List.of(), List.of()), SlicePlan.of(SERVICE, List.of(), List.of(empty)));
    }

    @Test
    void emptySlicesAreFilledBeforeNewOnesAreMade() {
        var empty = stored(SlicePlan.of(SERVICE, List.of(), List.of()).create().getFirst(), "web-0");
        var plan = SlicePlan.of(SERVICE, List.of(serving("a", "10.1.0.1", 80)), List.of(empty));
        assertEquals(List.of(), plan.create());
        assertEquals(List.of(), plan.delete());
        assertEquals("web-0", plan.update().getFirst().name());
    }

    @Test
    void splitsAtAHundredAndKeepsEndpointsInPlace() {
        var pods = new ArrayList<>(IntStream.range(0, 150)
                .mapToObj(i -> serving("p%03d".formatted(i), "10.1.1." + i, 80)).toList());
        var made = SlicePlan.of(SERVICE, pods, List.of()).create();
        assertEquals(List.of(100, 50), made.stream().map(s -> s.tree().array("endpoints").size()).toList());
        var slices = List.of(stored(made.get(0), "s0"), stored(made.get(1), "s1"));
        pods.remove(3);
        var plan = SlicePlan.of(SERVICE, pods, slices);
        assertEquals(List.of("s0"), plan.update().stream().map(KubeObject::name).toList());
    }

    @Test
    void podsWithOtherPortNumbersHaveTheirOwnSlice() {
        var plan = SlicePlan.of(SERVICE,
                List.of(serving("a", "10.1.0.1", 80), serving("b", "10.1.0.2", 81)), List.of());
        assertEquals(2, plan.create().size());
    }

    @Test
    void headlessServicesSayTheyAre() {
        var headless = SERVICE.with("None", "spec", "clusterIP");
        assertEquals("", SlicePlan.of(headless, List.of(), List.of()).create().getFirst().labels()
                .get("service.kubernetes.io/headless"));
    }
}
