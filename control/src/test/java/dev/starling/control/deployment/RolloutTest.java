package dev.starling.control.deployment;

import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.control.workload.TemplateHash;
import dev.starling.kube.json.Json;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RolloutTest {
    private static KubeObject deployment(int replicas, String strategy) {
        return yaml("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {namespace: default, name: web, uid: d, generation: 1, annotations: {note: x}}
                spec:
                  replicas: %d
                  progressDeadlineSeconds: 600
                  revisionHistoryLimit: 10
                  selector: {matchLabels: {app: web}}
                  strategy: %s
                  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: v1}]}}
                """, replicas, strategy);
    }

    private static final String QUARTER = "{type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 25%}}";
    private static final String RECREATE = "{type: Recreate}";

    private static World world(int replicas, String strategy) {
        var world = new World(deployment(replicas, strategy));
        world.converge();
        world.log.clear();
        return world;
    }

    private static void image(World world, String image) {
        var containers = Yaml.documents("[{name: c, image: " + image + "}]").getFirst();
        world.deployment = world.deployment.with(containers, "spec", "template", "spec", "containers")
                .with(Json.of(world.deployment.generation() + 1), "metadata", "generation");
    }

    private static void replicas(World world, int replicas) {
        world.deployment = world.deployment.with(Json.of(replicas), "spec", "replicas");
    }

    @Test
    void theFirstReplicaSetHasAllReplicasAndTheTemplatesHash() {
        var world = new World(deployment(3, QUARTER));
        world.pass();
        var set = world.sets.values().iterator().next();
        String hash = set.labels().get(TemplateHash.LABEL);
        assertEquals("web-" + hash, set.name());
        assertEquals(hash, set.spec().object("selector", "matchLabels").text(TemplateHash.LABEL));
        assertEquals(hash, set.spec().object("template", "metadata", "labels").text(TemplateHash.LABEL));
        assertEquals("1", set.annotations().get(Revisions.REVISION));
        assertEquals("x", set.annotations().get("note"));
        assertEquals("4", set.annotations().get(Revisions.MAX));
        assertEquals("1", world.deployment.annotations().get(Revisions.REVISION));
        assertEquals(List.of("create 3"), world.log);
    }

    @Test
    void conditionsFollowTheRollout() {
        var world = new World(deployment(2, QUARTER));
        world.pass();
        assertEquals("MinimumReplicasUnavailable", world.reason("Available"));
        world.pass();
        assertEquals("NewReplicaSetCreated", world.reason("Progressing"));
        String name = world.sets.keySet().iterator().next();
        world.observe(name, 2, 1);
        world.pass();
        assertEquals("ReplicaSetUpdated", world.reason("Progressing"));
        world.observe(name, 2, 2);
        world.pass();
        assertEquals("NewReplicaSetAvailable", world.reason("Progressing"));
        assertEquals("MinimumReplicasAvailable", world.reason("Available"));
        assertEquals(2, world.deployment.status().at("availableReplicas").number(0));
        assertEquals(1, world.deployment.status().at("observedGeneration").number(0));
    }

    @Test
    void missesItsDeadlineWithoutProgress() {
        var world = new World(deployment(2, QUARTER));
        world.pass();
        world.pass();
        var status = world.deployment.status();
        var left = RolloutStatus.deadline(world.image(), status, world.now).orElseThrow();
        world.now = world.now.plus(left);
        world.pass();
        assertEquals("ProgressDeadlineExceeded", world.reason("Progressing"));
        assertEquals(Optional.empty(), RolloutStatus.deadline(world.image(), world.deployment.status(), world.now));
    }

    @Test
    void aSecondRolloutThatNeverMovesMissesItsDeadlineToo() {
        var world = world(2, QUARTER);
        image(world, "v2");
        world.pass();
        world.pass();
        assertEquals("NewReplicaSetCreated", world.reason("Progressing"));
        world.now = world.now.plusSeconds(700);
        world.pass();
        assertEquals("ProgressDeadlineExceeded", world.reason("Progressing"));
    }

    @Test
    void rollsByQuarters() {
        var world = world(4, QUARTER);
        image(world, "v2");
        world.converge();
        assertEquals(List.of("create 1", "4->2", "1->3", "2->0", "3->4"), world.log);
        assertEquals("2", world.deployment.annotations().get(Revisions.REVISION));
        assertEquals(4, world.size("v2"));
        assertEquals(0, world.size("v1"));
    }

    @ParameterizedTest
    @CsvSource({"1,25%,25%", "10,25%,25%", "10,0,1", "10,100%,0", "7,3,50%", "3,0,0", "5,1,0"})
    void staysWithinSurgeAndUnavailableHoweverPodsComeUp(int replicas, String surge, String unavailable) {
        for (int seed = 0; seed < 40; seed++) {
            var world = world(replicas, "{type: RollingUpdate, rollingUpdate: {maxSurge: " + surge
                    + ", maxUnavailable: " + unavailable + "}}");
            image(world, "v2");
            rollRandomly(world, new Random(seed));
            assertEquals(replicas, world.size("v2"), "seed " + seed);
            assertEquals(0, world.size("v1"), "seed " + seed);
        }
    }

    private static void rollRandomly(World world, Random random) {
        int most = world.image().wanted() + world.image().maxSurge();
        int least = world.image().wanted() - world.image().maxUnavailable();
        for (int i = 0; i < 2000 && world.size("v2") + world.size("v1") * 1000 != world.image().wanted(); i++) {
            world.pass();
            assertTrue(world.size("v1") + world.size("v2") <= most, "surge " + world.log);
            for (var set : List.copyOf(world.sets.values())) {
                int pods = Image.replicas(set);
                int up = Math.min(pods, Image.available(set) + (random.nextInt(4) == 0 ? 1 : 0));
                world.observe(set.name(), pods, up);
            }
            int available = world.sets.values().stream().mapToInt(Image::available).sum();
            assertTrue(available >= least, "availability " + available + " " + world.log);
        }
    }

    @Test
    void brokenOldPodsGoFirstAndDoNotBlockTheRollout() {
        var world = world(4, QUARTER);
        String old = world.sets.keySet().iterator().next();
        image(world, "v2");
        world.observe(old, 4, 2);
        world.pass();
        world.observe(world.sets.keySet().stream().filter(n -> !n.equals(old)).findFirst().orElseThrow(), 1, 1);
        world.pass();
        assertEquals(2, world.size("v1"));
    }

    @Test
    void rollingBackFindsTheOldReplicaSetAndRaisesItsRevision() {
        var world = world(2, QUARTER);
        String first = world.sets.keySet().iterator().next();
        image(world, "v2");
        world.converge();
        image(world, "v1");
        world.converge();
        assertEquals(2, world.sets.size());
        assertEquals("3", world.sets.get(first).annotations().get(Revisions.REVISION));
        assertEquals("1", world.sets.get(first).annotations().get(Revisions.HISTORY));
        assertEquals("3", world.deployment.annotations().get(Revisions.REVISION));
        assertEquals("NewReplicaSetAvailable", world.reason("Progressing"));
    }

    @Test
    void recreateEndsTheOldBeforeTheNewBegins() {
        var world = world(3, RECREATE);
        image(world, "v2");
        world.pass();
        assertEquals(List.of("3->0"), world.log);
        world.pass();
        assertEquals(List.of("3->0"), world.log);
        world.converge();
        assertEquals(List.of("3->0", "create 3"), world.log);
        replicas(world, 5);
        world.converge();
        assertEquals(5, world.size("v2"));
    }

    @Test
    void pausedOnlyScales() {
        var world = world(2, QUARTER);
        world.deployment = world.deployment.with(Json.of(true), "spec", "paused");
        image(world, "v2");
        replicas(world, 5);
        world.converge();
        assertEquals(List.of("2->5"), world.log);
        assertEquals("DeploymentPaused", world.reason("Progressing"));
        world.deployment = world.deployment.without("spec", "paused");
        world.pass();
        assertEquals("DeploymentResumed", world.reason("Progressing"));
        world.converge();
        assertEquals(5, world.size("v2"));
        assertEquals("NewReplicaSetAvailable", world.reason("Progressing"));
    }

    @ParameterizedTest
    @CsvSource({"10,20", "10,5", "10,0", "0,10"})
    void followsAChangeOfSize(int from, int to) {
        var world = world(from, QUARTER);
        replicas(world, to);
        world.converge();
        assertEquals(to, world.size("v1"));
        assertEquals(1, world.sets.size());
    }

    @Test
    void scalesEveryReplicaSetByItsShareInTheMiddleOfARollout() {
        var world = world(10, "{type: RollingUpdate, rollingUpdate: {maxSurge: 3, maxUnavailable: 2}}");
        String old = world.sets.keySet().iterator().next();
        image(world, "v2");
        world.pass();
        String fresh = world.sets.keySet().stream().filter(n -> !n.equals(old)).findFirst().orElseThrow();
        world.observe(fresh, 3, 0);
        world.pass();
        world.observe(old, 8, 8);
        world.pass();
        assertEquals(8, world.size("v1"));
        assertEquals(5, world.size("v2"));
        replicas(world, 15);
        world.pass();
        assertEquals(11, world.size("v1"));
        assertEquals(7, world.size("v2"));
    }

    @Test
    void historyKeepsTheNewest() {
        var world = world(1, QUARTER);
        world.deployment = world.deployment.with(Json.of(2), "spec", "revisionHistoryLimit");
        for (String version : List.of("v2", "v3", "v4", "v5")) {
            image(world, version);
            world.converge();
        }
        assertEquals(3, world.sets.size());
        assertEquals(List.of("delete 1", "delete 2"),
                world.log.stream().filter(line -> line.startsWith("delete")).toList());
    }

    @Test
    void aDeploymentBeingDeletedDoesNothing() {
        var world = new World(deployment(3, QUARTER).with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp"));
        world.pass();
        assertEquals(List.of(), world.log);
    }

    @Test
    void minReadySecondsReachTheReplicaSet() {
        var world = world(1, QUARTER);
        world.deployment = world.deployment.with(Json.of(5), "spec", "minReadySeconds");
        var step = (Step.Resize) Rollout.next(world.image(), false).getFirst();
        assertEquals(step.from(), step.to());
    }

    @Test
    void equalTemplatesHaveEqualHashesInAnyOrderOfFields() {
        var a = Yaml.documents("{spec: {a: 1, b: [x, {c: d, e: f}]}}").getFirst().object();
        var b = Yaml.documents("{spec: {b: [x, {e: f, c: d}], a: 1}}").getFirst().object();
        assertEquals(TemplateHash.of(a, 0), TemplateHash.of(b, 0));
        assertNotEquals(TemplateHash.of(a, 0), TemplateHash.of(a, 1));
        assertNotEquals(TemplateHash.of(a, 0), TemplateHash.of(a.with("x", Json.of(1)), 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void hashesUseTheSafeAlphabet(int collisions) {
        var hash = TemplateHash.of(Yaml.documents("{a: 1}").getFirst().object(), collisions);
        assertTrue(hash.matches("[bcdfghjklmnpqrstvwxz2456789]{10}"), hash);
    }

    @Test
    void theHistoryOfOneReplicaSetStaysShort() {
        var set = yaml("metadata: {annotations: {%s: '9', %s: '%s'}}", Revisions.REVISION, Revisions.HISTORY,
                "1111," + "2222,".repeat(398) + "3333");
        var history = Revisions.ofNewest(yaml("metadata: {}"), set, 10).text(Revisions.HISTORY);
        assertTrue(history.length() <= 2_000 && history.startsWith("2222,") && history.endsWith("3333,9"), history);
    }
}
