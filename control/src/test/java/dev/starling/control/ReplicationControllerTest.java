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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** ReplicationControllers beside all other controllers on the real API. */
final class ReplicationControllerTest {
    private static final ObjectKey OLD = Kinds.REPLICATION_CONTROLLERS.key("default", "old");
    private static final String CONTROLLER = """
            apiVersion: v1
            kind: ReplicationController
            metadata: {name: old}
            spec:
              replicas: 2
              template:
                metadata: {labels: {app: old}}
                spec: {containers: [{name: c, image: v1, resources: {requests: {cpu: 100m}}}]}
            """;

    @RegisterExtension
    private final TestCluster cluster = new TestCluster();

    private KubeObject awaitReplicas(int count) {
        return cluster.await(() -> cluster.find(OLD).filter(c -> c.status().at("replicas").number(0) == count
                && c.status().at("availableReplicas").number(0) == count
                && c.status().at("observedGeneration").number(0) == c.generation()));
    }

    private Set<String> podUids() {
        return cluster.list(Kinds.PODS).stream().map(KubeObject::uid).collect(Collectors.toSet());
    }

    @Test
    void keepsAsManyPodsAsItIsScaledTo() {
        cluster.apply(CONTROLLER);
        assertEquals(Yaml.documents("{replicas: 2, fullyLabeledReplicas: 2, readyReplicas: 2, availableReplicas: 2, "
                + "observedGeneration: 1}").getFirst(), awaitReplicas(2).status());
        var owner = cluster.list(Kinds.PODS).getFirst().controller().orElseThrow();
        assertEquals("v1 ReplicationController old", owner.apiVersion() + " " + owner.kind() + " " + owner.name());
        cluster.api().patch(OLD.sub("scale"), Change.field(Json.of(4), "spec", "replicas"));
        awaitReplicas(4);
        cluster.api().patch(OLD.sub("scale"), Change.field(Json.of(0), "spec", "replicas"));
        awaitReplicas(0);
        cluster.awaitThat(() -> cluster.list(Kinds.PODS).isEmpty());
        cluster.awaitThat(() -> cluster.list(Kinds.EVENTS).stream().anyMatch(e ->
                e.tree().text("source", "component").equals("replication-controller")
                        && e.tree().text("message").startsWith("Created pod: old-")));
    }

    @Test
    void adoptsPodsThatMatchAndReleasesThoseThatNoLongerDo() {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: stray, labels: {app: old}}
                spec: {containers: [{name: c, image: v1}]}
                """);
        cluster.apply(CONTROLLER);
        var stray = Kinds.PODS.key("default", "stray");
        cluster.await(() -> cluster.find(stray).flatMap(KubeObject::controller));
        awaitReplicas(2);
        assertEquals(2, cluster.list(Kinds.PODS).size());
        cluster.api().patch(stray, Change.field(Json.of("other"), "metadata", "labels", "app"));
        cluster.awaitThat(() -> cluster.api().get(stray).controller().isEmpty());
        cluster.awaitThat(() -> cluster.list(Kinds.PODS).size() == 3);
    }

    @Test
    void leavesItsPodsAloneUnlessItsDeletionSaysOtherwise() {
        cluster.apply(CONTROLLER);
        awaitReplicas(2);
        var before = podUids();
        cluster.api().delete(OLD);
        cluster.awaitThat(() -> cluster.find(OLD).isEmpty());
        assertEquals(before, podUids());
        assertEquals(Set.of(), cluster.list(Kinds.PODS).stream().flatMap(p -> p.owners().stream())
                .collect(Collectors.toSet()));
        cluster.apply(CONTROLLER);
        awaitReplicas(2);
        assertEquals(before, podUids());
        cluster.api().delete(OLD, DeleteOptions.DEFAULT.withPropagation(Propagation.BACKGROUND));
        cluster.awaitThat(() -> cluster.find(OLD).isEmpty() && cluster.list(Kinds.PODS).isEmpty());
    }

    @Test
    void waitsForItsPodsWhereItsDeletionIsInTheForeground() {
        cluster.apply(CONTROLLER);
        awaitReplicas(2);
        var held = cluster.list(Kinds.PODS).getFirst().key(Kinds.PODS);
        cluster.api().patch(held, Change.field(Yaml.documents("[example.com/hold]").getFirst(),
                "metadata", "finalizers"));
        cluster.api().delete(OLD, DeleteOptions.DEFAULT.withPropagation(Propagation.FOREGROUND));
        cluster.awaitThat(() -> cluster.list(Kinds.PODS).size() == 1 && cluster.api().get(held).deleting());
        assertEquals(true, cluster.api().get(OLD).deleting());
        cluster.api().patch(held, Change.field(Yaml.documents("[]").getFirst(), "metadata", "finalizers"));
        cluster.awaitThat(() -> cluster.find(OLD).isEmpty() && cluster.list(Kinds.PODS).isEmpty());
    }

    @Test
    void saysThatAQuotaKeepsItFromMakingPods() {
        cluster.apply("""
                apiVersion: v1
                kind: ResourceQuota
                metadata: {name: few}
                spec: {hard: {pods: "1"}}
                """);
        cluster.apply(CONTROLLER);
        var failure = cluster.await(() -> cluster.find(OLD).filter(c -> c.status().at("replicas").number(0) == 1)
                .flatMap(c -> Pods.condition(c, "ReplicaFailure")));
        assertEquals("FailedCreate", failure.text("reason"));
        cluster.api().delete(Kinds.RESOURCE_QUOTAS.key("default", "few"));
        assertEquals(Optional.empty(), Pods.condition(awaitReplicas(2), "ReplicaFailure"));
    }

    @Test
    void anAutoscalerScalesIt() {
        cluster.apply(CONTROLLER + """
                ---
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: old}
                spec:
                  scaleTargetRef: {apiVersion: v1, kind: ReplicationController, name: old}
                  minReplicas: 1
                  maxReplicas: 3
                  metrics:
                  - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}
                """);
        awaitReplicas(2);
        cluster.use("200m");
        awaitReplicas(3);
    }
}
