package dev.starling.control.replicaset;

import static dev.starling.control.workload.Objects.pod;
import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.control.workload.Claims;
import dev.starling.control.workload.Conditions;
import dev.starling.control.workload.DeletionOrder;
import dev.starling.control.workload.Owned;
import dev.starling.kube.json.Json;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ReplicaSetPlanTest {
    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");
    private static final KubeObject SET = yaml("""
            apiVersion: apps/v1
            kind: ReplicaSet
            metadata: {namespace: default, name: web, uid: web-uid, generation: 4}
            spec:
              replicas: 3
              selector: {matchLabels: {app: web}}
              template: {metadata: {labels: {app: web, tier: a}}, spec: {}}
            """);

    private static KubeObject running(String name, String readySince) {
        return pod("default/" + name, "app=web", "tier=a").with("n", "spec", "nodeName")
                .with("Running", "status", "phase")
                .with(Yaml.documents("[{type: Ready, status: 'True', lastTransitionTime: '" + readySince + "'}]")
                        .getFirst(), "status", "conditions");
    }

    private static KubeObject waiting(String name) {
        return pod("default/" + name, "app=web");
    }

    private static List<String> names(List<KubeObject> objects) {
        return objects.stream().map(KubeObject::name).toList();
    }

    @Test
    void createsWhatIsMissing() {
        assertEquals(3, ReplicaSetPlan.of(SET, List.of(), NOW).create());
        assertEquals(2, ReplicaSetPlan.of(SET, List.of(waiting("a")), NOW).create());
        assertEquals(500, ReplicaSetPlan.of(SET.with(Json.of(900), "spec", "replicas"), List.of(), NOW).create());
    }

    private static Optional<Conditions.Said> failed(String why) {
        return Optional.of(Conditions.Said.yes("ReplicaFailure", "FailedCreate", why));
    }

    @Test
    void aFailureThatIsKnownKeepsItsWords() {
        var first = ReplicaSetController.withFailure(SET, SET.status(),
                failed("no room for web-1"), NOW);
        var failing = SET.with(first, "status");
        assertEquals(first, ReplicaSetController.withFailure(failing, first,
                failed("no room for web-2"), NOW.plusSeconds(9)));
        assertEquals("no room for web-1",
                first.array("conditions").at(0).object().text("message"));
    }

    @Test
    void endedAndDeletedPodsAreReplaced() {
        var failed = waiting("a").with("Failed", "status", "phase");
        var deleted = waiting("b").with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp");
        var plan = ReplicaSetPlan.of(SET, List.of(failed, deleted, waiting("c")), NOW);
        assertEquals(2, plan.create());
        assertEquals(1, plan.status().at("replicas").number(-1));
    }

    @Test
    void aReplicaSetBeingDeletedCreatesNothing() {
        var deleting = SET.with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp");
        assertEquals(0, ReplicaSetPlan.of(deleting, List.of(), NOW).create());
    }

    @Test
    void deletesWhatServesLeastFirst() {
        var old = running("old", "2026-01-01T00:10:00Z");
        var fresh = running("fresh", "2026-01-01T00:50:00Z");
        var cheap = running("cheap", "2026-01-01T00:00:00Z")
                .with("-5", "metadata", "annotations", "controller.kubernetes.io/pod-deletion-cost");
        var notReady = running("not-ready", "").without("status", "conditions");
        var pending = waiting("pending").with("n", "spec", "nodeName");
        var unassigned = waiting("unassigned");
        var all = List.of(old, fresh, cheap, notReady, pending, unassigned);
        assertEquals(List.of("unassigned", "pending", "not-ready", "cheap", "fresh", "old"),
                names(DeletionOrder.first(6, all)));
        assertEquals(List.of("unassigned", "pending", "not-ready"), names(ReplicaSetPlan.of(SET, all, NOW).delete()));
    }

    @Test
    void deletesWhereMostNeighboursAreAndThenTheYoungest() {
        var lonely = running("lonely", "2026-01-01T00:10:00Z").with("other", "spec", "nodeName");
        var a = running("a", "2026-01-01T00:10:00Z");
        var young = running("young", "2026-01-01T00:10:00Z")
                .with("2026-01-01T00:30:00Z", "metadata", "creationTimestamp");
        assertEquals(List.of("young", "a", "lonely"), names(DeletionOrder.first(3, List.of(lonely, a, young))));
    }

    @Test
    void countsReadyAvailableAndFullyLabeledPods() {
        var set = SET.with(Json.of(60), "spec", "minReadySeconds");
        var plan = ReplicaSetPlan.of(set, List.of(running("a", "2026-01-01T00:00:00Z"),
                running("b", "2026-01-01T00:59:30Z"), waiting("c")), NOW);
        assertEquals(Yaml.documents("{replicas: 3, fullyLabeledReplicas: 2, readyReplicas: 2, availableReplicas: 1,"
                + " observedGeneration: 4}").getFirst(), plan.status());
        assertEquals(Optional.of(Duration.ofSeconds(30)), plan.again());
    }

    @Test
    void tellsWhyCreatingFailedUntilItSucceeds() {
        var status = ReplicaSetController.withFailure(SET,
                ReplicaSetPlan.of(SET, List.of(), NOW).status(), failed("no quota"), NOW);
        var condition = status.array("conditions").at(0).object();
        assertEquals("ReplicaFailure", condition.text("type"));
        assertEquals("FailedCreate", condition.text("reason"));
        var told = SET.with(status, "status");
        assertEquals(true, ReplicaSetPlan.of(told, List.of(), NOW).status().array("conditions").isEmpty());
    }

    @Test
    void adoptsOrphansThatMatchAndReleasesItsOwnThatDoNot() {
        var mine = Yaml.documents("[{apiVersion: apps/v1, kind: ReplicaSet, name: web, "
                + "uid: web-uid, controller: true}]")
                .getFirst();
        var foreign = Yaml.documents("[{apiVersion: apps/v1, kind: ReplicaSet, name: x, uid: x, controller: true}]")
                .getFirst();
        var owned = waiting("owned").with(mine, "metadata", "ownerReferences");
        var strayed = pod("default/strayed", "app=other").with(mine, "metadata", "ownerReferences");
        var taken = waiting("taken").with(foreign, "metadata", "ownerReferences");
        var claims = Claims.of(SET, Owned.selector(SET),
                List.of(owned, strayed, taken, waiting("orphan"), pod("default/alien", "app=other")));
        assertEquals(List.of("owned", "orphan"), names(claims.owned()));
        assertEquals(List.of("orphan"), names(claims.adopt()));
        assertEquals(List.of("strayed"), names(claims.release()));
        var deleting = SET.with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp");
        var late = Claims.of(deleting, Owned.selector(SET), List.of(owned, strayed, waiting("orphan")));
        assertEquals(List.of(), late.adopt());
        assertEquals(List.of(), late.release());
    }

    @Test
    void neverDeletesMoreThanTheBurst() {
        var pods = new ArrayList<KubeObject>();
        IntStream.range(0, 700).forEach(i -> pods.add(waiting("p" + i)));
        assertEquals(500, ReplicaSetPlan.of(SET, pods, NOW).delete().size());
    }
}
