package dev.starling.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.control.workload.Change;
import dev.starling.control.workload.Pods;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.DeleteOptions.Propagation;
import dev.starling.kube.json.Json;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.yaml.Yaml;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** DaemonSets beside all other controllers on the real API. */
final class DaemonSetTest {
    private static final ObjectKey AGENT = Kinds.DAEMON_SETS.key("default", "agent");
    private static final String NODE = """
            apiVersion: v1
            kind: Node
            metadata: {name: %s, labels: {%s}}
            status: {allocatable: {cpu: "4", memory: 8Gi, pods: "20"}}
            """;
    private static final String SET = """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: agent}
            spec:
              selector: {matchLabels: {app: agent}}
              template:
                metadata: {labels: {app: agent}}
                spec: {containers: [{name: c, image: v1}]}
            """;

    @RegisterExtension
    private final TestCluster cluster = new TestCluster();

    private KubeObject awaitNodes(int count) {
        return cluster.await(() -> cluster.find(AGENT).filter(s ->
                s.status().at("desiredNumberScheduled").number(-1) == count
                        && s.status().at("numberAvailable").number(0) == count
                        && s.status().at("updatedNumberScheduled").number(0) == count
                        && s.status().at("observedGeneration").number(0) == s.generation()
                        && cluster.list(Kinds.PODS).size() == count));
    }

    private List<String> nodes() {
        return cluster.list(Kinds.PODS).stream().map(Pods::node).sorted().toList();
    }

    private List<String> images() {
        return cluster.list(Kinds.PODS).stream().map(p -> p.spec().array("containers").at(0).object().text("image"))
                .distinct().toList();
    }

    private void useImage(String image) {
        cluster.api().patch(AGENT, Change.field(Yaml.documents("[{name: c, image: " + image + "}]").getFirst(),
                "spec", "template", "spec", "containers"));
    }

    @Test
    void everyNodeHasOnePodAndNodesComeAndGo() {
        cluster.apply(NODE.formatted("a", "disk: ssd"));
        cluster.apply(SET);
        awaitNodes(2);
        assertEquals(List.of("a", "pool"), nodes());
        cluster.apply(NODE.formatted("b", "disk: hdd"));
        awaitNodes(3);
        cluster.api().patch(Kinds.NODES.key("b"), Change.field(Json.of(true), "spec", "unschedulable"));
        cluster.api().patch(Kinds.NODES.key("a"), Change.field(Yaml.documents(
                "[{key: mine, effect: NoExecute}]").getFirst(), "spec", "taints"));
        awaitNodes(2);
        assertEquals(List.of("b", "pool"), nodes());
        cluster.api().patch(AGENT, Change.field(Json.of("hdd"), "spec", "template", "spec", "nodeSelector", "disk"));
        awaitNodes(1);
        assertEquals(List.of("b"), nodes());
        cluster.api().delete(AGENT, DeleteOptions.DEFAULT.withPropagation(Propagation.FOREGROUND));
        cluster.awaitThat(() -> cluster.find(AGENT).isEmpty() && cluster.list(Kinds.PODS).isEmpty()
                && cluster.list(Kinds.CONTROLLER_REVISIONS).isEmpty());
    }

    @Test
    void rollsOutBySurgeAndByReplacementAndBack() {
        cluster.apply(NODE.formatted("a", "disk: ssd"));
        cluster.apply(SET);
        var first = awaitNodes(2);
        assertEquals("1", first.annotations().get("deprecated.daemonset.template.generation"));
        String oldest = cluster.list(Kinds.CONTROLLER_REVISIONS).getFirst().name();
        useImage("v2");
        cluster.awaitThat(() -> images().equals(List.of("v2")));
        assertEquals("2", awaitNodes(2).annotations().get("deprecated.daemonset.template.generation"));
        cluster.api().patch(AGENT, Change.field(Yaml.documents("{maxUnavailable: 0, maxSurge: 1}").getFirst(),
                "spec", "updateStrategy", "rollingUpdate"));
        useImage("v1");
        cluster.awaitThat(() -> images().equals(List.of("v1")));
        awaitNodes(2);
        assertEquals(2, cluster.list(Kinds.CONTROLLER_REVISIONS).size());
        assertEquals(3, cluster.api().get(Kinds.CONTROLLER_REVISIONS.key("default", oldest)).tree().at("revision")
                .number(0));
    }

    @Test
    void aFailedPodIsToldOfAndMadeAnew() {
        cluster.apply(SET.replace("metadata: {labels: {app: agent}}",
                "metadata: {labels: {app: agent}, annotations: {end: Failed}}"));
        cluster.awaitThat(() -> cluster.list(Kinds.EVENTS).stream().anyMatch(e ->
                e.tree().text("reason").equals("FailedDaemonPod") && e.tree().text("message").matches(
                        "Found failed daemon pod default/agent-[a-z0-9]+ on node pool, will try to kill it")));
        cluster.awaitThat(() -> cluster.list(Kinds.EVENTS).stream()
                .filter(e -> e.tree().text("reason").equals("SuccessfulCreate")).count() > 1);
    }
}
