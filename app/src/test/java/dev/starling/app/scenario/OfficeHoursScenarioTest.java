package dev.starling.app.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.informer.Informer;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** CronJobs by the clock of Shanghai, from a Sunday to the next. */
final class OfficeHoursScenarioTest {
    private static final Instant SUNDAY = Instant.parse("2026-03-01T01:00:00Z");

    @TempDir
    private Path folder;
    private final List<String> born = new ArrayList<>();

    private static List<Scenario> scenarios() {
        return Scenario.present().toList();
    }

    private SimulatedCluster cluster(Scenario scenario, Duration each) throws Exception {
        var cluster = new SimulatedCluster(
                SimulatedCluster.Settings.at(SUNDAY).beating(Duration.ofMinutes(5)), folder);
        var served = scenario.objects("office-hours.yaml").stream().filter(SimulatedCluster::serves).toList();
        served.stream().filter(object -> object.kind().equals("CronJob")).map(cron -> cron.spec()
                .object("jobTemplate", "spec", "template", "spec").array("containers").at(0).object().text("image"))
                .forEach(image -> cluster.images.end(image, each, 0));
        var jobs = new Informer(cluster.api(), Kinds.JOBS).onChange((before, after) -> after
                .filter(job -> before.isEmpty()).ifPresent(job -> born.add(born(job))));
        cluster.alsoClose(jobs.start(cluster.driver));
        cluster.makeProfile();
        cluster.create(served);
        return cluster;
    }

    private static String born(KubeObject job) {
        return job.controller().orElseThrow().name() + " " + job.created().orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void ofTheServedKindsTheCronJobsRunAtTheirTimesOnWeekdaysOnly(Scenario scenario) throws Exception {
        try (var cluster = cluster(scenario, Duration.ofSeconds(20))) {
            cluster.run(Duration.ofDays(7));
            var expected = new ArrayList<String>();
            for (int day = 2; day <= 6; day++) {
                var date = Instant.parse("2026-03-0" + day + "T00:00:00Z");
                expected.add("morning " + date);
                expected.add("night " + date.plus(12, ChronoUnit.HOURS));
            }
            assertEquals(expected, born);
            assertTrue(cluster.list(Kinds.JOBS).stream().allMatch(job -> job.status().at("succeeded").number(0) == 1));
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void noneRunsBesideItsPredecessorThatIsStillAtWork(Scenario scenario) throws Exception {
        var each = Duration.ofHours(30);
        try (var cluster = cluster(scenario, each)) {
            cluster.runUntil(Instant.parse("2026-03-03T05:59:50Z"));
            assertEquals(List.of("morning 2026-03-02T00:00:00Z", "night 2026-03-02T12:00:00Z"), born);
            cluster.run(Duration.ofSeconds(20));
            assertEquals(3, born.size(), "the one that was missed starts when its predecessor has ended: " + born);
            assertTrue(born.getLast().startsWith("morning 2026-03-03T06:00:0"), born::toString);
        }
    }
}
