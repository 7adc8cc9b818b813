package dev.starling.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.control.workload.Change;
import dev.starling.control.workload.Pods;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.DeleteOptions.Propagation;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.yaml.Yaml;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All controllers together on the real API. */
final class ControllersTest {
    private static final ObjectKey WEB = Kinds.DEPLOYMENTS.key("default", "web");
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 3
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: c, image: v1, resources: {requests: {cpu: 100m}}}]}
            """;

    @RegisterExtension
    private final TestCluster cluster = new TestCluster();

    private void awaitRolledOut(int replicas) {
        cluster.await(() -> cluster.find(WEB).filter(d -> d.status().at("availableReplicas").number(0) == replicas
                && d.status().at("updatedReplicas").number(0) == replicas
                && d.status().at("replicas").number(0) == replicas
                && d.status().at("observedGeneration").number(0) == d.generation()
                && Pods.condition(d, "Progressing").filter(c -> c.text("reason").equals("NewReplicaSetAvailable"))
                        .isPresent()));
    }

    private List<String> messages() {
        return cluster.list(Kinds.EVENTS).stream().map(event -> event.tree().text("message")).toList();
    }

    private void awaitEvent(String message) {
        cluster.awaitThat(() -> messages().stream().anyMatch(m -> m.contains(message)));
    }

    @Test
    void aDeploymentBecomesRunningPodsOnTheVirtualNode() {
        cluster.apply(DEPLOYMENT);
        awaitRolledOut(3);
        var pods = cluster.list(Kinds.PODS);
        assertEquals(3, pods.size());
        assertTrue(pods.stream().allMatch(pod -> Pods.node(pod).equals("pool")));
        assertTrue(pods.stream().allMatch(pod ->
                "fp-default".equals(pod.labels().get("eks.amazonaws.com/fargate-profile"))));
        String set = cluster.list(Kinds.REPLICA_SETS).getFirst().name();
        awaitEvent("Scaled up replica set " + set + " from 0 to 3");
        awaitEvent("Created pod: " + pods.getFirst().name());
        awaitEvent("Successfully assigned default/" + pods.getFirst().name() + " to pool");
    }

    @Test
    void rollsOutScalesAndForgetsNothingOfOthers() {
        cluster.apply(DEPLOYMENT);
        awaitRolledOut(3);
        cluster.api().patch(WEB, Change.field(Json.of("kept"), "metadata", "annotations", "mine"));
        cluster.api().patch(WEB, Change.field(Yaml.documents("[{name: c, image: v2}]").getFirst(),
                "spec", "template", "spec", "containers"));
        awaitRolledOut(3);
        assertEquals("2", cluster.api().get(WEB).annotations().get("deployment.kubernetes.io/revision"));
        assertEquals("kept", cluster.api().get(WEB).annotations().get("mine"));
        assertEquals(2, cluster.list(Kinds.REPLICA_SETS).size());
        cluster.api().patch(WEB.sub("scale"), Change.field(Json.of(5), "spec", "replicas"));
        awaitRolledOut(5);
        cluster.api().patch(WEB.sub("scale"), Change.field(Json.of(1), "spec", "replicas"));
        awaitRolledOut(1);
        cluster.awaitThat(() -> cluster.list(Kinds.PODS).size() == 1);
    }

    @Test
    void anAutoscalerFollowsTheLoad() {
        cluster.apply(DEPLOYMENT.replace("replicas: 3", "replicas: 1") + """
                ---
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: web}
                spec:
                  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
                  minReplicas: 1
                  maxReplicas: 4
                  behavior: {scaleDown: {stabilizationWindowSeconds: 0}}
                  metrics:
                  - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}
                """);
        awaitRolledOut(1);
        cluster.use("300m");
        awaitRolledOut(4);
        awaitEvent("New size: 4; reason: cpu resource utilization (percentage of request) above target");
        cluster.use("1m");
        awaitRolledOut(1);
        awaitEvent("New size: 1; reason: All metrics below target");
        var key = Kinds.HORIZONTAL_POD_AUTOSCALERS.key("default", "web");
        cluster.awaitThat(() -> Pods.holds(cluster.api().get(key), "ScalingActive"));
    }

    @Test
    void everyQueueAndEveryTellerOfEventsIsMeasured() {
        assertEquals(Set.of("deployment", "replicaset", "job", "cronjob", "autoscaler", "endpointslice", "endpoints",
                "loadbalancer", "serviceaccount", "namespace", "garbage", "replicationcontroller", "statefulset",
                "daemonset", "disruption", "stale-disruption"),
                cluster.measured("workqueue_depth").keySet());
        assertEquals(cluster.measured("workqueue_depth").keySet(),
                cluster.measured("workqueue_retries_total").keySet());
        assertTrue(cluster.measured("starling_events_dropped_total").keySet().containsAll(
                Set.of("default-scheduler", "job-controller", "deployment-controller")));
    }

    @Test
    void aDeletedPodIsReplaced() {
        cluster.apply(DEPLOYMENT);
        awaitRolledOut(3);
        var gone = cluster.list(Kinds.PODS).getFirst();
        cluster.api().delete(gone.key(Kinds.PODS));
        cluster.awaitThat(() -> cluster.list(Kinds.PODS).stream().filter(Pods::ready).count() == 3
                && cluster.find(gone.key(Kinds.PODS)).isEmpty());
    }

    @Test
    void whatADeploymentOwnedGoesAfterIt() {
        cluster.apply(DEPLOYMENT);
        awaitRolledOut(3);
        cluster.api().delete(WEB);
        cluster.awaitThat(() -> cluster.list(Kinds.PODS).isEmpty() && cluster.list(Kinds.REPLICA_SETS).isEmpty());
    }

    @Test
    void inTheForegroundTheOwnerGoesLast() {
        cluster.apply(DEPLOYMENT);
        awaitRolledOut(3);
        cluster.api().delete(WEB, DeleteOptions.DEFAULT.withPropagation(Propagation.FOREGROUND));
        cluster.awaitThat(() -> cluster.find(WEB).isEmpty());
        assertEquals(List.of(), cluster.list(Kinds.PODS));
        assertEquals(List.of(), cluster.list(Kinds.REPLICA_SETS));
    }

    @Test
    void orphansStayAndAreAdoptedAgain() {
        cluster.apply(DEPLOYMENT);
        awaitRolledOut(3);
        var before = cluster.list(Kinds.PODS).stream().map(KubeObject::uid).sorted().toList();
        cluster.api().delete(WEB, DeleteOptions.DEFAULT.withPropagation(Propagation.ORPHAN));
        cluster.awaitThat(() -> cluster.find(WEB).isEmpty());
        assertEquals(Optional.empty(), cluster.list(Kinds.REPLICA_SETS).getFirst().controller());
        cluster.apply(DEPLOYMENT);
        awaitRolledOut(3);
        assertEquals(1, cluster.list(Kinds.REPLICA_SETS).size());
        assertEquals(before, cluster.list(Kinds.PODS).stream().map(KubeObject::uid).sorted().toList());
    }

    @Test
    void aServiceShowsItsReadyPods() {
        cluster.apply(DEPLOYMENT + """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
                """);
        var slice = cluster.await(() -> cluster.list(Kinds.ENDPOINT_SLICES).stream()
                .filter(s -> "web".equals(s.labels().get("kubernetes.io/service-name"))
                        && s.tree().array("endpoints").objects().stream()
                        .filter(e -> e.flag("conditions", "ready")).count() == 3).findFirst());
        assertEquals(8080, slice.tree().array("ports").at(0).object().at("port").number(0));
        cluster.api().delete(Kinds.SERVICES.key("default", "web"));
        cluster.awaitThat(() -> cluster.find(slice.key(Kinds.ENDPOINT_SLICES)).isEmpty());
    }

    @Test
    void aSliceLosesTheLabelsThatItsServiceLost() {
        cluster.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: web, labels: {team: a}}
                spec: {selector: {app: web}, ports: [{port: 80}]}
                """);
        cluster.awaitThat(() -> slicesOf("team", "a") == 1);
        cluster.api().patch(Kinds.SERVICES.key("default", "web"),
                Change.field(JsonNull.NULL, "metadata", "labels", "team"));
        cluster.awaitThat(() -> slicesOf("team", "a") == 0);
        assertEquals(1, slicesOf("kubernetes.io/service-name", "web"));
    }

    private long slicesOf(String label, String value) {
        return cluster.list(Kinds.ENDPOINT_SLICES).stream().filter(s -> value.equals(s.labels().get(label))).count();
    }

    @Test
    void aNamespacedOwnerOfAClusterWideObjectCanNotBeMissed() {
        cluster.apply("""
                apiVersion: node.k8s.io/v1
                kind: RuntimeClass
                handler: runc
                metadata: {name: kept, ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: none, uid: u}]}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: lost, ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: none, uid: u}]}
                """);
        cluster.awaitThat(() -> cluster.find(Kinds.CONFIG_MAPS.key("default", "lost")).isEmpty());
        assertTrue(cluster.find(Kinds.RUNTIME_CLASSES.key("kept")).isPresent());
    }

    @Test
    void aJobRunsToItsEndAndGoesAfterItsTimeToLive() {
        cluster.apply("""
                apiVersion: batch/v1
                kind: Job
                metadata: {name: build}
                spec:
                  completions: 3
                  parallelism: 2
                  ttlSecondsAfterFinished: 1
                  template:
                    metadata: {annotations: {end: Succeeded}}
                    spec: {restartPolicy: Never, containers: [{name: c, image: v1}]}
                """);
        var key = Kinds.JOBS.key("default", "build");
        var job = cluster.await(() -> cluster.find(key).filter(j -> Pods.holds(j, "Complete")));
        assertEquals(3, job.status().at("succeeded").number(0));
        assertEquals(3, cluster.list(Kinds.PODS).size());
        cluster.awaitThat(() -> cluster.find(key).isEmpty() && cluster.list(Kinds.PODS).isEmpty());
    }

    @Test
    void aJobThatFailsTwiceSaysSo() {
        cluster.apply("""
                apiVersion: batch/v1
                kind: Job
                metadata: {name: broken}
                spec:
                  backoffLimit: 0
                  template:
                    metadata: {annotations: {end: Failed}}
                    spec: {restartPolicy: Never, containers: [{name: c, image: v1}]}
                """);
        var job = cluster.await(() -> cluster.find(Kinds.JOBS.key("default", "broken"))
                .filter(j -> Pods.holds(j, "Failed")));
        assertEquals(1, job.status().at("failed").number(0));
        awaitEvent("Job has reached the specified backoff limit");
    }

    @Test
    void aRunningJobsPodsGoWithIt() {
        cluster.apply("""
                apiVersion: batch/v1
                kind: Job
                metadata: {name: long}
                spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: v1}]}}}
                """);
        cluster.awaitThat(() -> cluster.list(Kinds.PODS).stream().anyMatch(Pods::ready));
        cluster.api().delete(Kinds.JOBS.key("default", "long"),
                DeleteOptions.DEFAULT.withPropagation(Propagation.BACKGROUND));
        cluster.awaitThat(() -> cluster.list(Kinds.PODS).isEmpty());
    }

    @Test
    void podsThatNoProfileSelectsWaitUntilOneDoes() {
        cluster.apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: dev}
                """);
        cluster.awaitThat(() -> cluster.find(Kinds.SERVICE_ACCOUNTS.key("dev", "default")).isPresent());
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: p, namespace: dev, labels: {app: p}}
                spec: {containers: [{name: c, image: v1}]}
                """);
        var key = Kinds.PODS.key("dev", "p");
        var condition = cluster.await(() -> cluster.find(key).flatMap(p -> Pods.condition(p, "PodScheduled")));
        assertEquals("Unschedulable", condition.text("reason"));
        assertEquals("0/1 nodes are available: no Fargate profile selects this pod (namespace \"dev\", labels app=p);"
                + " make one with: starling create fargateprofile --name fp-dev --namespace dev."
                + " preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
                condition.text("message"));
        cluster.awaitThat(() -> cluster.api().list(ListQuery.in(Kinds.EVENTS, "dev")).items().stream()
                .anyMatch(e -> e.tree().text("reason").equals("FailedScheduling")));
        cluster.apply("""
                apiVersion: starling.dev/v1
                kind: FargateProfile
                metadata: {name: fp-dev}
                spec: {selectors: [{namespace: d*}]}
                """);
        cluster.awaitThat(() -> cluster.find(key).filter(Pods::ready).isPresent());
        assertEquals("fp-default", cluster.find(Kinds.FARGATE_PROFILES.key("fp-default")).orElseThrow().name());
        assertEquals("fp-dev", cluster.api().get(key).labels().get("eks.amazonaws.com/fargate-profile"));
    }

    @Test
    void podsThatFitNowhereWaitUntilThereIsRoom() {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: big}
                spec: {containers: [{name: c, image: v1, resources: {requests: {cpu: "5"}}}]}
                """);
        var key = Kinds.PODS.key("default", "big");
        cluster.awaitThat(() -> cluster.find(key).flatMap(p -> Pods.condition(p, "PodScheduled"))
                .filter(c -> c.text("message").equals("0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 "
                        + "nodes are available: 1 Preemption is not helpful for scheduling. It would fit on node "
                        + "\"pool\" if it asked for at most 4 of cpu, which is all that the node offers."))
                .isPresent());
        cluster.api().patch(Kinds.NODES.key("pool").sub("status"),
                Change.field(Json.of("8"), "status", "allocatable", "cpu"));
        cluster.awaitThat(() -> cluster.find(key).filter(Pods::ready).isPresent());
    }

    @Test
    void aNamespaceGoesWithAllThatIsInIt() {
        cluster.apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: team}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: c, namespace: team, finalizers: [example.com/hold]}
                ---
                apiVersion: coordination.k8s.io/v1
                kind: Lease
                metadata: {name: l, namespace: team, finalizers: [example.com/hold]}
                """);
        cluster.awaitThat(() -> cluster.find(Kinds.SERVICE_ACCOUNTS.key("team", "default")).isPresent()
                && cluster.find(Kinds.CONFIG_MAPS.key("team", "kube-root-ca.crt"))
                .filter(c -> c.tree().text("data", "ca.crt").equals("PEM")).isPresent());
        var key = Kinds.NAMESPACES.key("team");
        cluster.api().delete(key);
        var waiting = cluster.await(() -> cluster.find(key).filter(n -> Pods.holds(n, "NamespaceFinalizersRemaining")));
        assertEquals("Terminating", waiting.status().text("phase"));
        assertEquals("Some content in the namespace has finalizers remaining: example.com/hold in 2 resource instances",
                Pods.condition(waiting, "NamespaceFinalizersRemaining").orElseThrow().text("message"));
        cluster.awaitThat(() -> Pods.condition(cluster.api().get(key), "NamespaceContentRemaining").orElseThrow()
                .text("message").equals("Some resources are remaining: configmaps. has 1 resource instances,"
                + " leases.coordination.k8s.io has 1 resource instances"));
        List.of(Kinds.CONFIG_MAPS.key("team", "c"), Kinds.LEASES.key("team", "l")).forEach(held ->
                cluster.api().patch(held, Change.field(JsonArray.EMPTY, "metadata", "finalizers")));
        cluster.awaitThat(() -> cluster.find(key).isEmpty());
    }
}
