package dev.starling.control.job;

import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JobPlanTest {
    private static JobWorld world(String spec) {
        return new JobWorld(yaml("""
                apiVersion: batch/v1
                kind: Job
                metadata: {namespace: default, name: build, uid: job-uid}
                spec: {backoffLimit: 6, parallelism: 1, completions: 1, template: {spec: {restartPolicy: Never}}}
                """).with(merged(spec), "spec"));
    }

    private static JsonObject merged(String spec) {
        var merged = JsonObject.builder().putAll(Yaml.documents("""
                {backoffLimit: 6, parallelism: 1, completions: 1,
                 template: {spec: {restartPolicy: Never, containers: [{name: c}]}}}""").getFirst().object());
        Yaml.documents(spec).getFirst().object().forEach(merged::put);
        return merged.build();
    }

    @Test
    void onePodSucceedsAndTheJobIsComplete() {
        var world = world("{}");
        world.pass();
        assertEquals(1, world.pods.size());
        var pod = world.pods.values().iterator().next();
        assertEquals(List.of(JobPods.FINALIZER), pod.finalizers());
        assertEquals("build", pod.labels().get(JobLabels.NAME));
        assertEquals("job-uid", pod.labels().get("controller-uid"));
        world.pass();
        assertEquals(1, world.number("active"));
        world.endAll("Succeeded");
        world.pass();
        assertFalse(world.holds("Complete"));
        world.settle();
        assertTrue(world.holds("Complete"));
        assertTrue(world.holds("SuccessCriteriaMet"));
        assertEquals("CompletionsReached", world.reason("Complete"));
        assertEquals(1, world.number("succeeded"));
        assertEquals(0, world.number("active"));
        assertEquals(false, world.job.status().text("completionTime").isEmpty());
        assertTrue(world.pods.values().stream().allMatch(p -> p.finalizers().isEmpty()));
    }

    @Test
    void neverRunsMoreThanParallelismNorMoreThanIsLeft() {
        var world = world("{parallelism: 3, completions: 5}");
        world.settle();
        assertEquals(3, world.active().size());
        world.endAll("Succeeded");
        world.settle();
        assertEquals(2, world.active().size());
        world.endAll("Succeeded");
        world.settle();
        assertEquals(5, world.number("succeeded"));
        assertEquals(5, world.created);
    }

    @Test
    void retriesAfterTenSecondsAndThenTwiceAsLong() {
        var world = world("{}");
        world.pass();
        world.endAll("Failed");
        var failedAt = world.now;
        world.pass();
        world.pass();
        assertEquals(1, world.created);
        assertEquals(Optional.of(Duration.between(world.now, failedAt.plusSeconds(10))),
                JobPlan.of(world.job, List.copyOf(world.pods.values()), world.now).again());
        world.now = failedAt.plusSeconds(9);
        world.pass();
        assertEquals(2, world.created);
        world.endAll("Failed");
        failedAt = world.now;
        world.now = failedAt.plusSeconds(18);
        world.pass();
        assertEquals(2, world.created);
        world.pass();
        assertEquals(3, world.created);
    }

    @Test
    void failsAboveItsBackoffLimit() {
        var world = world("{backoffLimit: 1}");
        for (int i = 0; i < 2; i++) {
            world.now = world.now.plusSeconds(100);
            world.pass();
            world.endAll("Failed");
        }
        world.settle();
        assertTrue(world.holds("Failed"));
        assertEquals("BackoffLimitExceeded", world.reason("Failed"));
        assertEquals(2, world.number("failed"));
        assertEquals(2, world.created);
        assertEquals("", world.job.status().text("completionTime"));
    }

    @Test
    void failsOnlyWhenItsOtherPodsHaveEnded() {
        var world = world("{backoffLimit: 0, parallelism: 2, completions: 2}");
        world.pass();
        world.end(world.active().getFirst().name(), "Failed");
        world.pass();
        world.pass();
        assertTrue(world.holds("FailureTarget"));
        assertFalse(world.holds("Failed"));
        world.reap();
        world.settle();
        assertTrue(world.holds("Failed"));
        assertEquals(2, world.number("failed"));
    }

    @Test
    void restartsInPlaceCountAgainstTheLimit() {
        var world = world("{backoffLimit: 2, template: {spec: {restartPolicy: OnFailure}}}");
        world.pass();
        String name = world.active().getFirst().name();
        world.pods.computeIfPresent(name, (n, pod) -> pod.with(
                Yaml.documents("[{restartCount: 2}]").getFirst(), "status", "containerStatuses"));
        world.pass();
        assertEquals("BackoffLimitExceeded", world.reason("FailureTarget"));
    }

    @Test
    void failsAfterItsDeadline() {
        var world = world("{activeDeadlineSeconds: 60}");
        world.pass();
        world.pass();
        assertEquals(Optional.of(Duration.ofSeconds(59)),
                JobPlan.of(world.job, List.copyOf(world.pods.values()), world.now).again());
        world.now = world.now.plusSeconds(59);
        world.pass();
        assertEquals("DeadlineExceeded", world.reason("FailureTarget"));
        world.reap();
        world.settle();
        assertEquals("DeadlineExceeded", world.reason("Failed"));
    }

    @Test
    void withoutCompletionsOneSuccessEndsIt() {
        var world = world("{parallelism: 3}");
        world.job = world.job.without("spec", "completions");
        world.pass();
        world.end(world.active().getFirst().name(), "Succeeded");
        world.settle();
        assertFalse(world.holds("Complete"));
        assertEquals(3, world.created);
        world.endAll("Succeeded");
        world.settle();
        assertTrue(world.holds("Complete"));
        assertEquals(3, world.number("succeeded"));
    }

    @Test
    void suspendedItDropsItsPodsWithoutCountingThem() {
        var world = world("{parallelism: 2, completions: 2}");
        world.pass();
        world.set(true, "spec", "suspend");
        world.pass();
        world.reap();
        world.settle();
        assertTrue(world.holds("Suspended"));
        assertEquals(0, world.number("failed"));
        assertEquals(0, world.pods.size());
        world.set(false, "spec", "suspend");
        var resumed = world.now;
        world.settle();
        assertEquals("JobResumed", world.reason("Suspended"));
        assertEquals(2, world.active().size());
        assertTrue(Instant.parse(world.job.status().text("startTime")).isAfter(resumed));
    }

    @Test
    void lessParallelismDropsPodsWithoutCountingThem() {
        var world = world("{parallelism: 3, completions: 9}");
        world.pass();
        world.set(1, "spec", "parallelism");
        world.pass();
        world.reap();
        world.settle();
        assertEquals(1, world.active().size());
        assertEquals(0, world.number("failed"));
    }

    @Test
    void everyIndexIsCompletedOnce() {
        var world = world("{completionMode: Indexed, parallelism: 2, completions: 4}");
        world.pass();
        var pod = world.active().get(1);
        assertEquals("1", pod.annotations().get(JobPods.INDEX));
        assertEquals("build-1", pod.spec().text("hostname"));
        assertTrue(pod.name().startsWith("build-1-"));
        assertEquals("JOB_COMPLETION_INDEX",
                pod.spec().array("containers").at(0).object().array("env").at(0).object().text("name"));
        world.end(pod.name(), "Succeeded");
        world.settle();
        assertEquals("1", world.job.status().text("completedIndexes"));
        assertEquals(List.of(0, 2), world.active().stream().map(JobPods::index).toList());
        while (!world.holds("Complete")) {
            world.endAll("Succeeded");
            world.settle();
        }
        assertEquals("0-3", world.job.status().text("completedIndexes"));
        assertEquals(4, world.number("succeeded"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"1,3-5,7|1,3-5,7|5", "0-1|0,1|2", "''|''|0", "9-12,x,4|4|1"})
    void indexesAreWrittenAsRanges(String text, String written, int count) {
        var indexes = Indexes.parse(text, 12);
        assertEquals(written, indexes.toString());
        assertEquals(count, indexes.count());
    }

    @ParameterizedTest
    @CsvSource({"NonIndexed", "Indexed"})
    void noPodIsCountedTwiceOrLostHoweverOftenTheControllerDies(String mode) {
        for (int seed = 0; seed < 60; seed++) {
            var random = new Random(seed);
            var world = world("{completionMode: " + mode + ", parallelism: 3, completions: 7, backoffLimit: 1000}");
            for (int i = 0; i < 3000 && !world.holds("Complete"); i++) {
                world.pass(random.nextInt(6));
                world.now = world.now.plusSeconds(random.nextInt(400));
                world.active().forEach(pod -> world.meetFate(pod.name(), random.nextInt(10)));
                world.reap();
            }
            assertTrue(world.holds("Complete"), "seed " + seed);
            assertEquals(world.succeeded, world.number("succeeded"), "seed " + seed);
            assertEquals(world.failed, world.number("failed"), "seed " + seed);
        }
    }

    @Test
    void livesAnHourAfterItsEndIfItSaysSo() {
        var job = world("{ttlSecondsAfterFinished: 3600}").job.with(Yaml.documents(
                "[{type: Complete, status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z'}]").getFirst(),
                "status", "conditions");
        var start = Instant.parse("2026-01-01T00:00:00Z");
        assertEquals(Optional.of(Duration.ofSeconds(3590)), JobPlan.timeToLive(job, start.plusSeconds(10)));
        assertFalse(JobPlan.timeToLive(job, start.plusSeconds(3600)).orElseThrow().isPositive());
        assertEquals(Optional.empty(), JobPlan.timeToLive(job.with(JsonNull.NULL, "spec",
                "ttlSecondsAfterFinished"), start));
        assertEquals(Optional.empty(), JobPlan.timeToLive(job.without("status"), start));
    }

    @Test
    void aFinishedJobDoesNothingMore() {
        var world = world("{}");
        world.pass();
        world.endAll("Succeeded");
        world.settle();
        world.set(9, "spec", "completions");
        world.settle();
        assertEquals(1, world.created);
        assertEquals(Json.of(1), world.job.status().at("succeeded"));
    }
}
