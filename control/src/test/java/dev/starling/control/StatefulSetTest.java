package dev.starling.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.control.workload.Change;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.DeleteOptions.Propagation;
import dev.starling.kube.json.Json;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** StatefulSets beside all other controllers on the real API. */
final class StatefulSetTest {
    private static final ObjectKey WEB = Kinds.STATEFUL_SETS.key("default", "web");
    private static final String SET = """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: web, annotations: {mine: kept}}
            spec:
              serviceName: heads
              replicas: 3
              persistentVolumeClaimRetentionPolicy: {whenScaled: Delete, whenDeleted: Retain}
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: c, image: v1}]}
              volumeClaimTemplates:
              - metadata: {name: www, annotations: {pv.kubernetes.io/bind-completed: "yes"}}
                spec: {volumeName: any, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            """;

    @RegisterExtension
    private final TestCluster cluster = new TestCluster();

    /** Every claim comes bound, as nobody here makes volumes. */
    @BeforeEach
    void start() {
        cluster.apply("""
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: any}
                spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /v}}
                """);
    }

    private KubeObject awaitReplicas(int count) {
        return cluster.await(() -> cluster.find(WEB).filter(s -> s.status().at("replicas").number(-1) == count
                && s.status().at("availableReplicas").number(0) == count
                && s.status().at("updatedReplicas").number(0) == count
                && s.status().text("currentRevision").equals(s.status().text("updateRevision"))
                && s.status().at("observedGeneration").number(0) == s.generation()));
    }

    private List<String> names(ResourceType type) {
        return cluster.list(type).stream().map(KubeObject::name).sorted().toList();
    }

    private List<String> images() {
        return cluster.list(Kinds.PODS).stream().map(p -> p.spec().array("containers").at(0).object().text("image"))
                .distinct().toList();
    }

    private void useImage(String image) {
        cluster.api().patch(WEB, Change.field(Yaml.documents("[{name: c, image: " + image + "}]").getFirst(),
                "spec", "template", "spec", "containers"));
    }

    private void awaitEvent(String message) {
        cluster.awaitThat(() -> cluster.list(Kinds.EVENTS).stream()
                .anyMatch(e -> e.tree().text("message").equals(message)));
    }

    @Test
    void makesPodsWithNamesAndClaimsOfTheirOwnAndKeepsClaimsAsToldWhenItShrinks() {
        cluster.apply(SET);
        var set = awaitReplicas(3);
        assertEquals(List.of("web-0", "web-1", "web-2"), names(Kinds.PODS));
        assertEquals(List.of("www-web-0", "www-web-1", "www-web-2"), names(Kinds.PERSISTENT_VOLUME_CLAIMS));
        assertEquals(1, cluster.list(Kinds.CONTROLLER_REVISIONS).size());
        assertEquals(cluster.list(Kinds.CONTROLLER_REVISIONS).getFirst().name(), set.status().text("updateRevision"));
        awaitEvent("create Claim www-web-1 Pod web-1 in StatefulSet web success");
        awaitEvent("create Pod web-1 in StatefulSet web successful");
        cluster.api().patch(WEB.sub("scale"), Change.field(Json.of(1), "spec", "replicas"));
        awaitReplicas(1);
        cluster.awaitThat(() -> names(Kinds.PERSISTENT_VOLUME_CLAIMS).equals(List.of("www-web-0")));
        awaitEvent("delete Pod web-2 in StatefulSet web successful");
        cluster.api().patch(WEB.sub("scale"), Change.field(Json.of(2), "spec", "replicas"));
        awaitReplicas(2);
        cluster.api().delete(WEB, DeleteOptions.DEFAULT.withPropagation(Propagation.FOREGROUND));
        cluster.awaitThat(() -> cluster.find(WEB).isEmpty() && cluster.list(Kinds.PODS).isEmpty()
                && cluster.list(Kinds.CONTROLLER_REVISIONS).isEmpty());
        assertEquals(List.of("www-web-0", "www-web-1"), names(Kinds.PERSISTENT_VOLUME_CLAIMS));
    }

    @Test
    void rollsOutAndBackAndForgetsNothingOfOthers() {
        cluster.apply(SET);
        String first = awaitReplicas(3).status().text("updateRevision");
        useImage("v2");
        cluster.awaitThat(() -> images().equals(List.of("v2")));
        var second = awaitReplicas(3);
        assertEquals(2, cluster.list(Kinds.CONTROLLER_REVISIONS).size());
        assertEquals("kept", second.annotations().get("mine"));
        useImage("v1");
        cluster.awaitThat(() -> images().equals(List.of("v1")));
        assertEquals(first, awaitReplicas(3).status().text("currentRevision"));
        assertEquals(3, cluster.api().get(Kinds.CONTROLLER_REVISIONS.key("default", first)).tree().at("revision")
                .number(0));
    }

    @Test
    void forgetsRevisionsBeyondItsLimit() {
        cluster.apply(SET.replace("  replicas: 3", "  replicas: 1\n  revisionHistoryLimit: 1"));
        awaitReplicas(1);
        for (String image : List.of("v2", "v3", "v4")) {
            useImage(image);
            cluster.awaitThat(() -> images().equals(List.of(image)));
            awaitReplicas(1);
        }
        cluster.awaitThat(() -> cluster.list(Kinds.CONTROLLER_REVISIONS).size() == 2);
    }

    @Test
    void updatesOnlyThePlacesBeyondThePartition() {
        cluster.apply(SET);
        awaitReplicas(3);
        cluster.api().patch(WEB, Change.field(Json.of(2), "spec", "updateStrategy", "rollingUpdate", "partition"));
        useImage("v2");
        cluster.awaitThat(() -> cluster.find(WEB).filter(s -> s.status().at("updatedReplicas").number(0) == 1
                && s.status().at("currentReplicas").number(0) == 2
                && s.status().at("readyReplicas").number(0) == 3).isPresent());
        assertEquals("v2", cluster.api().get(Kinds.PODS.key("default", "web-2")).spec().array("containers").at(0)
                .object().text("image"));
        cluster.api().delete(Kinds.PODS.key("default", "web-0"), DeleteOptions.DEFAULT.withGracePeriodSeconds(0));
        cluster.awaitThat(() -> cluster.find(Kinds.PODS.key("default", "web-0")).filter(p -> !p.deleting())
                .filter(p -> p.spec().array("containers").at(0).object().text("image").equals("v1")).isPresent());
    }

    @Test
    void adoptsThePodsOfItsPlacesAndLeavesOthersAlone() {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web-0, labels: {app: web}}
                spec: {containers: [{name: c, image: v1}]}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: other, labels: {app: web}}
                spec: {containers: [{name: c, image: v1}]}
                """);
        var uid = cluster.api().get(Kinds.PODS.key("default", "web-0")).uid();
        cluster.apply(SET.replace("  replicas: 3", "  replicas: 1\n  updateStrategy: {type: OnDelete}"));
        cluster.awaitThat(() -> "0".equals(cluster.api().get(Kinds.PODS.key("default", "web-0")).labels()
                .get("apps.kubernetes.io/pod-index")));
        assertEquals(uid, cluster.api().get(Kinds.PODS.key("default", "web-0")).uid());
        assertTrue(cluster.api().get(Kinds.PODS.key("default", "other")).controller().isEmpty());
    }

    @Test
    void allAtOnceWhereOrderIsNotWanted() {
        cluster.apply(SET.replace("  replicas: 3", "  replicas: 20\n  podManagementPolicy: Parallel")
                .replace("serviceName: heads", "ordinals: {start: 5}"));
        awaitReplicas(20);
        assertEquals(20, names(Kinds.PODS).size());
        assertTrue(names(Kinds.PODS).containsAll(List.of("web-5", "web-24")));
    }

    @Test
    void saysWhyAPodCouldNotBeMade() {
        cluster.apply("""
                apiVersion: v1
                kind: ResourceQuota
                metadata: {name: few}
                spec: {hard: {pods: "1"}}
                """);
        cluster.apply(SET);
        cluster.awaitThat(() -> cluster.list(Kinds.EVENTS).stream().anyMatch(e ->
                e.tree().text("reason").equals("FailedCreate") && e.tree().text("message").startsWith("create Pod "
                        + "web-1 in StatefulSet web failed error: pods \"web-1\" is forbidden: exceeded quota: few")));
        assertEquals(List.of("web-0"), names(Kinds.PODS));
    }
}
