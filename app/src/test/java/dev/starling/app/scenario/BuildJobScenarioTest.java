package dev.starling.app.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A CI build as a Job: retried as often as it may be, and gone when its time after the end is over. */
final class BuildJobScenarioTest {
    private static final Instant START = Instant.parse("2026-03-02T10:00:00Z");
    private static final Duration BUILD = Duration.ofSeconds(95);
    private static final Duration MOST = Duration.ofMinutes(20);

    @TempDir
    private Path folder;

    private static List<Scenario> scenarios() {
        return Scenario.present().toList();
    }

    private static KubeObject file(Scenario scenario) {
        return scenario.object("build-job.yaml", Kinds.JOBS);
    }

    private static ObjectKey key(Scenario scenario) {
        return Kinds.JOBS.key("default", file(scenario).name());
    }

    private SimulatedCluster cluster(Scenario scenario, int exitCode) {
        var cluster = new SimulatedCluster(SimulatedCluster.Settings.at(START), folder);
        String image = file(scenario).spec().object("template", "spec").array("containers").at(0).object()
                .text("image");
        cluster.images.end(image, BUILD, exitCode);
        cluster.makeProfile();
        cluster.create(scenario.objects("build-job.yaml"));
        return cluster;
    }

    private static Optional<JsonObject> condition(KubeObject job, String type) {
        return job.status().array("conditions").objects().stream().filter(c -> c.text("type").equals(type)
                && c.text("status").equals("True")).findFirst();
    }

    private static List<KubeObject> pods(SimulatedCluster cluster, Scenario scenario) {
        return cluster.pods("job-name", file(scenario).name());
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void itCompletesAndStaysUntilItsTimeToLiveIsOver(Scenario scenario) throws Exception {
        try (var cluster = cluster(scenario, 0)) {
            cluster.run(BUILD.minusSeconds(5));
            var building = cluster.api().get(key(scenario));
            assertEquals(1, building.status().at("active").number(0));
            assertTrue(condition(building, "Complete").isEmpty());
            cluster.run(Duration.ofSeconds(15));
            var job = cluster.api().get(key(scenario));
            assertTrue(condition(job, "Complete").isPresent());
            assertEquals(1, job.status().at("succeeded").number(0));
            var gone = job.time("status", "completionTime").orElseThrow()
                    .plusSeconds(job.spec().at("ttlSecondsAfterFinished").number(0));
            cluster.runUntil(gone.minusSeconds(1));
            assertTrue(cluster.find(key(scenario)).isPresent());
            assertEquals(1, pods(cluster, scenario).size());
            cluster.runUntil(gone.plusSeconds(2));
            assertFalse(cluster.find(key(scenario)).isPresent());
            assertEquals(List.of(), pods(cluster, scenario));
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void itIsRetriedWithinItsLimitAndThenSaysWhyItFailed(Scenario scenario) throws Exception {
        try (var cluster = cluster(scenario, 1)) {
            var job = cluster.api().get(key(scenario));
            while (condition(job, "Failed").isEmpty() && cluster.now().isBefore(START.plus(MOST))) {
                cluster.run(Duration.ofSeconds(10));
                job = cluster.api().get(key(scenario));
            }
            long runs = job.spec().at("backoffLimit").number(0) + 1;
            assertEquals("BackoffLimitExceeded", condition(job, "Failed").orElseThrow().text("reason"));
            assertEquals(runs, job.status().at("failed").number(0));
            assertEquals(runs, cluster.list(Kinds.EVENTS).stream()
                    .filter(event -> event.tree().text("reason").equals("SuccessfulCreate")
                            && event.tree().text("involvedObject", "kind").equals("Job")).count());
            cluster.run(Duration.ofSeconds(job.spec().at("ttlSecondsAfterFinished").number(0) + 2));
            assertFalse(cluster.find(key(scenario)).isPresent());
            assertEquals(List.of(), pods(cluster, scenario));
        }
    }
}
