package dev.starling.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.control.workload.Change;
import dev.starling.control.workload.Pods;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.Patch;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.yaml.Yaml;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Budgets and evictions beside all other controllers on the real API. */
final class DisruptionTest {
    private static final ObjectKey BUDGET = Kinds.POD_DISRUPTION_BUDGETS.key("default", "web");
    private static final ObjectKey WEB = Kinds.DEPLOYMENTS.key("default", "web");

    @RegisterExtension
    private final TestCluster cluster = new TestCluster();

    private void deploy(int replicas) {
        cluster.apply("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec:
                  replicas: %d
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec: {containers: [{name: c, image: v1}]}
                """.formatted(replicas));
    }

    private void protect(String spec) {
        cluster.apply("""
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: web}
                spec: {selector: {matchLabels: {app: web}}, %s}
                """.formatted(spec));
    }

    private void pod(String name, String more) {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, labels: {app: web}, %s}
                spec: {containers: [{name: c, image: v1}]}
                """.formatted(name, more));
    }

    /** @param wanted disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods */
    private KubeObject awaitBudget(String wanted) {
        return cluster.await(() -> cluster.find(BUDGET).filter(b -> wanted.equals(b.status().at("disruptionsAllowed")
                + " " + b.status().at("currentHealthy") + " " + b.status().at("desiredHealthy") + " "
                + b.status().at("expectedPods")) && b.status().at("observedGeneration").number(0) == b.generation()));
    }

    private void evict(String pod) {
        cluster.api().create(Kinds.PODS.key("default", pod).sub("eviction"), KubeObject.of(JsonObject.of("apiVersion",
                "policy/v1", "kind", "Eviction", "metadata", JsonObject.of("name", pod, "namespace", "default"))));
    }

    private void awaitEvent(String message) {
        cluster.awaitThat(() -> cluster.list(Kinds.EVENTS).stream()
                .anyMatch(e -> e.tree().text("message").contains(message)));
    }

    @Test
    void aBudgetFollowsTheScaleOfTheDeploymentBehindItsPods() {
        deploy(3);
        protect("maxUnavailable: 34%");
        awaitBudget("2 3 1 3");
        cluster.api().patch(WEB.sub("scale"), Change.field(Json.of(5), "spec", "replicas"));
        awaitBudget("2 5 3 5");
        cluster.api().patch(BUDGET, Change.field(Json.of(0), "spec", "maxUnavailable"));
        awaitBudget("0 5 5 5");
    }

    @Test
    void anEvictionTellsThePodAndIsRefusedWhereTheBudgetIsSpent() {
        deploy(2);
        protect("maxUnavailable: 1");
        awaitBudget("1 2 1 2");
        String name = cluster.list(Kinds.PODS).getFirst().name();
        var key = Kinds.PODS.key("default", name);
        cluster.api().patch(key, Change.field(Yaml.documents("[example.com/hold]").getFirst(),
                "metadata", "finalizers"));
        evict(name);
        var condition = Pods.condition(cluster.api().get(key), "DisruptionTarget").orElseThrow();
        assertEquals("True EvictionByEvictionAPI Eviction API: evicting", condition.text("status") + " "
                + condition.text("reason") + " " + condition.text("message"));
        awaitBudget("1 2 1 2");
        cluster.api().patch(key, Change.field(Yaml.documents("[]").getFirst(), "metadata", "finalizers"));
        cluster.api().patch(BUDGET, Change.field(Json.of(0), "spec", "maxUnavailable"));
        awaitBudget("0 2 2 2");
        String next = cluster.list(Kinds.PODS).stream().filter(p -> !p.deleting()).findFirst().orElseThrow().name();
        var refusal = assertThrows(ApiException.class, () -> evict(next));
        assertEquals(Reason.TOO_MANY_REQUESTS, refusal.reason());
        assertEquals("DisruptionBudget The disruption budget web needs 2 healthy pods and has 2 currently",
                refusal.details().array("causes").at(0).object().text("reason") + " "
                        + refusal.details().array("causes").at(0).object().text("message"));
        assertEquals(Optional.empty(), refusal.details().find("retryAfterSeconds"));
    }

    @Test
    void podsWithoutAnOwnerAreCountedAsTheyAre() {
        pod("a", "");
        pod("b", "");
        protect("minAvailable: 1");
        awaitBudget("1 2 1 2");
        cluster.api().patch(BUDGET, new Patch.Merge(Yaml.documents("{spec: {minAvailable: 50%}}").getFirst()
                .object()));
        awaitBudget("0 2 0 0");
        awaitEvent("Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:map[string]string"
                + "{app: web,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged.");
    }

    @Test
    void aBudgetOfPodsWhoseOwnerHasNoScaleSaysThatItCannotBeWorkedOut() {
        protect("maxUnavailable: 1");
        awaitBudget("0 0 0 0");
        awaitEvent("No matching pods found");
        cluster.apply("""
                apiVersion: batch/v1
                kind: Job
                metadata: {name: work}
                spec:
                  template:
                    metadata: {labels: {app: web}}
                    spec: {restartPolicy: Never, containers: [{name: c, image: v1}]}
                """);
        var condition = cluster.await(() -> cluster.find(BUDGET).flatMap(b -> Pods.condition(b, "DisruptionAllowed"))
                .filter(c -> c.text("reason").equals("SyncFailed")));
        assertEquals("jobs.batch does not implement the scale subresource", condition.text("message"));
        awaitEvent("Failed to calculate the number of expected pods: jobs.batch does not implement");
    }

    @Test
    void twoBudgetsOfOnePodAreToldAndAllowNoEviction() {
        protect("minAvailable: 0");
        cluster.apply("""
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: other}
                spec: {selector: {matchExpressions: [{key: app, operator: Exists}]}, minAvailable: 0}
                """);
        pod("a", "");
        awaitBudget("1 1 0 1");
        awaitEvent("Pod \"default\"/\"a\" matches multiple PodDisruptionBudgets.  Chose \"");
        assertEquals("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
                assertThrows(ApiException.class, () -> evict("a")).getMessage());
    }
}
