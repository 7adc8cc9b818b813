package dev.starling.control.cronjob;

import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CronPlanTest {
    private static final Instant NOW = Instant.parse("2026-07-09T14:45:30Z");

    private static KubeObject cron(String spec) {
        var cron = yaml("""
                apiVersion: batch/v1
                kind: CronJob
                metadata: {namespace: default, name: night, uid: cron, creationTimestamp: "2026-07-09T14:44:10Z"}
                spec:
                  schedule: "* * * * *"
                  concurrencyPolicy: Allow
                  jobTemplate:
                    metadata: {labels: {a: b}, annotations: {c: d}}
                    spec: {template: {spec: {restartPolicy: Never}}}
                """);
        for (var field : Yaml.documents(spec).getFirst().object().entries()) {
            cron = cron.with(field.getValue(), "spec", field.getKey());
        }
        return cron;
    }

    private static KubeObject job(String name, String created, String condition) {
        return yaml("""
                metadata: {namespace: default, name: %s, uid: uid-%s, creationTimestamp: "%s"}
                status: {completionTime: "%s", conditions: [{type: %s, status: "True"}]}
                """, name, name, created, created, condition);
    }

    private static List<String> reasons(CronPlan.Writes plan) {
        return plan.told().stream().map(CronPlan.Told::reason).toList();
    }

    @Test
    void makesTheJobOfTheNewestStartTime() {
        var plan = CronPlan.of(cron("{}"), List.of(), NOW);
        var job = plan.create().orElseThrow();
        assertEquals("night-" + Instant.parse("2026-07-09T14:45:00Z").getEpochSecond() / 60, job.name());
        assertEquals("b", job.labels().get("a"));
        assertEquals("d", job.annotations().get("c"));
        assertEquals("2026-07-09T14:45:00Z", job.annotations().get("batch.kubernetes.io/cronjob-scheduled-timestamp"));
        assertEquals("cron", job.controller().orElseThrow().uid());
        assertEquals("2026-07-09T14:45:00Z", plan.status().text("lastScheduleTime"));
        assertEquals(Optional.of(Duration.ofSeconds(30)), plan.again());
    }

    @Test
    void aServedStartTimeIsNotServedAgain() {
        var served = cron("{}").with("2026-07-09T14:45:00Z", "status", "lastScheduleTime");
        assertEquals(Optional.empty(), CronPlan.of(served, List.of(), NOW).create());
        var made = CronPlan.of(cron("{}"), List.of(), NOW).create().orElseThrow().with("u", "metadata", "uid");
        var plan = CronPlan.of(cron("{}"), List.of(made), NOW);
        assertEquals(Optional.empty(), plan.create());
        assertEquals("2026-07-09T14:45:00Z", plan.status().text("lastScheduleTime"));
    }

    @Test
    void suspendedItMakesNothing() {
        assertEquals(Optional.empty(), CronPlan.of(cron("{suspend: true}"), List.of(), NOW).create());
    }

    @Test
    void forbidWaitsForTheRunningJobAndReplaceDeletesIt() {
        var running = job("night-1", "2026-07-09T14:44:00Z", "Suspended");
        var forbidden = CronPlan.of(cron("{concurrencyPolicy: Forbid}"), List.of(running), NOW);
        assertEquals(Optional.empty(), forbidden.create());
        assertEquals(List.of("JobAlreadyActive"), reasons(forbidden));
        assertEquals("", forbidden.status().text("lastScheduleTime"));
        var replaced = CronPlan.of(cron("{concurrencyPolicy: Replace}"), List.of(running), NOW);
        assertEquals(List.of(running), replaced.replace());
        assertTrue(replaced.create().isPresent());
        var allowed = CronPlan.of(cron("{}"), List.of(running), NOW);
        assertEquals(List.of(), allowed.replace());
        assertTrue(allowed.create().isPresent());
        assertEquals("night-1", allowed.status().array("active").at(0).object().text("name"));
    }

    @Test
    void aStartOlderThanItsDeadlineIsMissed() {
        var hourly = cron("{schedule: '0 * * * *', startingDeadlineSeconds: 600}")
                .with("2026-07-09T13:00:00Z", "status", "lastScheduleTime");
        assertEquals(Optional.empty(), CronPlan.of(hourly, List.of(), NOW).create());
        assertTrue(CronPlan.of(hourly, List.of(), Instant.parse("2026-07-09T14:09:00Z")).create().isPresent());
    }

    @Test
    void keepsThreeSucceededAndOneFailedJob() {
        var jobs = new ArrayList<KubeObject>();
        for (int i = 1; i <= 5; i++) {
            jobs.add(job("s" + i, "2026-07-09T14:0" + i + ":00Z", "Complete"));
            jobs.add(job("f" + i, "2026-07-09T14:0" + i + ":30Z", "Failed"));
        }
        var plan = CronPlan.of(cron("{suspend: true}"), jobs, NOW);
        assertEquals(List.of("s1", "s2", "f1", "f2", "f3", "f4"),
                plan.forget().stream().map(KubeObject::name).toList());
        assertEquals("2026-07-09T14:05:00Z", plan.status().text("lastSuccessfulTime"));
    }

    @Test
    void tellsWhenAnActiveJobHasEnded() {
        var active = Yaml.documents("[{name: s, uid: uid-s}]").getFirst();
        var cron = cron("{suspend: true}").with(active, "status", "active");
        var plan = CronPlan.of(cron, List.of(job("s", "2026-07-09T14:01:00Z", "Complete")), NOW);
        assertEquals("Saw completed job: s, condition: Complete", plan.told().getFirst().message());
        assertEquals(JsonObject.EMPTY.at("x"), plan.status().at("active"));
    }

    @Test
    void saysWhatIsWrongWithTheScheduleOrTheZone() {
        assertEquals(List.of("UnparseableSchedule"), reasons(CronPlan.of(cron("{schedule: x}"), List.of(), NOW)));
        assertEquals(List.of("UnknownTimeZone"), reasons(CronPlan.of(cron("{timeZone: Mars/Base}"), List.of(), NOW)));
    }

    @Test
    void saysWhenTooManyStartsWereMissedAndServesTheNewest() {
        var old = cron("{}").with("2026-01-01T00:00:00Z", "status", "lastScheduleTime");
        var plan = CronPlan.of(old, List.of(), NOW);
        assertEquals(List.of("TooManyMissedTimes"), reasons(plan));
        assertTrue(plan.create().isPresent());
    }

    /** The office of office-hours.yaml: in Shanghai, out at 08:00 and in at 20:00 on weekdays. */
    @Test
    void officeHoursFollowTheWeekInShanghai() {
        var starts = new ArrayList<String>();
        for (String schedule : List.of("0 20 * * 1-5", "0 8 * * 1-5")) {
            var cron = cron("{}").with(schedule, "spec", "schedule").with("Asia/Shanghai", "spec", "timeZone")
                    .with("Forbid", "spec", "concurrencyPolicy").with("2026-07-05T00:00:00Z", "metadata",
                            "creationTimestamp");
            var end = Instant.parse("2026-07-13T12:00:00Z");
            for (var now = Instant.parse("2026-07-05T00:00:00Z"); now.isBefore(end); now = now.plusSeconds(600)) {
                var plan = CronPlan.of(cron, List.of(), now);
                cron = cron.with(plan.status(), "status");
                var local = now.atZone(ZoneId.of("Asia/Shanghai"));
                plan.create().ifPresent(job -> starts.add(local.getDayOfWeek().name().substring(0, 3) + " "
                        + local.toLocalTime()));
            }
        }
        assertEquals(List.of("MON 20:00", "TUE 20:00", "WED 20:00", "THU 20:00", "FRI 20:00",
                "MON 08:00", "TUE 08:00", "WED 08:00", "THU 08:00", "FRI 08:00", "MON 08:00"), starts);
    }

    @Test
    void scheduledTimesAreToldInTheirZone() {
        var cron = cron("{timeZone: Asia/Shanghai, successfulJobsHistoryLimit: 0}");
        var job = CronPlan.of(cron, List.of(), NOW).create().orElseThrow();
        assertEquals("2026-07-09T22:45:00+08:00",
                job.annotations().get("batch.kubernetes.io/cronjob-scheduled-timestamp"));
        assertEquals(Json.of("Never"), job.spec().object("template").at("spec", "restartPolicy"));
    }

    @Test
    void aJobThatIsGoingMakesNoOtherGo() {
        var going = job("a", "2026-07-09T14:00:00Z", "Complete")
                .with("2026-07-09T14:45:00Z", "metadata", "deletionTimestamp");
        var jobs = List.of(going, job("b", "2026-07-09T14:01:00Z", "Complete"),
                job("c", "2026-07-09T14:02:00Z", "Complete"), job("d", "2026-07-09T14:03:00Z", "Complete"));
        assertEquals(List.of(), CronPlan.of(cron("{}"), jobs, NOW).forget());
    }
}
