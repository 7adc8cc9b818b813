package dev.starling.control.cronjob;

import dev.starling.control.workload.Pods;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.OwnerReference;
import dev.starling.kube.object.Times;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a CronJob has to do now, from one image of it and its Jobs. Pure. */
final class CronPlan {
    /** A CronJob that missed more starts than this says so. */
    static final int MANY_MISSED = 100;
    private static final String SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp";

    /** An event to tell. */
    record Told(boolean warning, String reason, String message) {
    }

    /**
     * @param replace running Jobs that make place for the new one
     * @param create the Job of the newest start time that has come
     * @param forget ended Jobs beyond the history limits
     * @param again until the next start time
     */
    record Writes(JsonObject status, List<KubeObject> replace, Optional<KubeObject> create, List<KubeObject> forget,
            Optional<Duration> again, List<Told> told) {
    }

    /** Start times that have come and were not served yet: the newest, how many, and the next one to come. */
    record Missed(Optional<Instant> newest, int count, Optional<Instant> next) {
    }

    private final KubeObject cron;
    private final List<KubeObject> jobs;
    private final Instant now;
    private final List<Told> told = new ArrayList<>();
    private List<KubeObject> replace = List.of();
    private Optional<KubeObject> create = Optional.empty();
    private Optional<Duration> again = Optional.empty();
    private String lastSchedule;

    private CronPlan(KubeObject cron, List<KubeObject> jobs, Instant now) {
        this.cron = cron;
        this.jobs = jobs;
        this.now = now;
        this.lastSchedule = cron.status().text("lastScheduleTime");
    }

    /** @param jobs those that the CronJob controls */
    static Writes of(KubeObject cron, List<KubeObject> jobs, Instant now) {
        var plan = new CronPlan(cron, jobs, now);
        plan.tellEnded();
        if (!cron.deleting() && !cron.spec().flag("suspend")) {
            plan.schedule();
        }
        return new Writes(plan.status(), plan.replace, plan.create, plan.forget(), plan.again, List.copyOf(plan.told));
    }

    /** The start times between the last one that was served and now. */
    static Missed missed(CronSchedule schedule, ZoneId zone, Instant since, Instant now) {
        Optional<Instant> newest = Optional.empty();
        int count = 0;
        var time = schedule.next(since, zone);
        while (time.isPresent() && !time.get().isAfter(now)) {
            newest = time;
            count++;
            // After long downtime the exact number does not matter, only the newest time: jump close to now.
            boolean far = count == MANY_MISSED + 1 && Duration.between(time.get(), now).toDays() > 2;
            time = schedule.next(far ? now.minus(Duration.ofDays(1)) : time.get(), zone);
        }
        return new Missed(newest, count, time);
    }

    private void schedule() {
        CronSchedule schedule;
        ZoneId zone;
        try {
            schedule = CronSchedule.parse(cron.spec().text("schedule"));
        } catch (IllegalArgumentException e) {
            told.add(new Told(true, "UnparseableSchedule", "unparseable schedule: \"" + cron.spec().text("schedule")
                    + "\" : " + e.getMessage()));
            return;
        }
        try {
            String name = cron.spec().text("timeZone");
            zone = name.isEmpty() ? ZoneOffset.UTC : ZoneId.of(name);
        } catch (DateTimeException e) {
            told.add(new Told(true, "UnknownTimeZone", "invalid timeZone: \"" + cron.spec().text("timeZone")
                    + "\": unknown time zone " + cron.spec().text("timeZone")));
            return;
        }
        var missed = missed(schedule, zone, since(), now);
        again = missed.next().map(next -> Duration.between(now, next));
        if (missed.count() > MANY_MISSED) {
            told.add(new Told(true, "TooManyMissedTimes", "too many missed start times. Set or decrease"
                    + " .spec.startingDeadlineSeconds or check clock skew"));
        }
        missed.newest().ifPresent(this::start);
    }

    /** From when on start times count: the last one served, or the creation; never before the deadline. */
    private Instant since() {
        var last = Times.parse(lastSchedule).or(cron::created).orElse(now);
        var deadline = cron.spec().at("startingDeadlineSeconds");
        var bound = deadline.isNull() ? Instant.MIN : now.minusSeconds(deadline.number(0));
        return last.isAfter(bound) ? last : bound;
    }

    private void start(Instant time) {
        var deadline = cron.spec().at("startingDeadlineSeconds");
        if (!deadline.isNull() && time.plusSeconds(deadline.number(0)).isBefore(now)) {
            told.add(new Told(true, "MissSchedule", "Missed scheduled time to start a job: "
                    + Times.seconds(time)));
            return;
        }
        String name = jobName(cron, time);
        boolean made = jobs.stream().anyMatch(job -> job.name().equals(name));
        var running = running();
        String policy = cron.spec().text("concurrencyPolicy");
        if (made) {
            lastSchedule = Times.seconds(time);
        } else if (policy.equals("Forbid") && !running.isEmpty()) {
            told.add(new Told(false, "JobAlreadyActive",
                    "Not starting job because prior execution is running and concurrency policy is Forbid"));
        } else {
            replace = policy.equals("Replace") ? running : List.of();
            create = Optional.of(job(name, time));
            lastSchedule = Times.seconds(time);
        }
    }

    /** The same for the same start time, so that no start is ever made twice. */
    static String jobName(KubeObject cron, Instant time) {
        return cron.name() + "-" + time.getEpochSecond() / 60;
    }

    private KubeObject job(String name, Instant time) {
        var template = cron.spec().object("jobTemplate");
        String zone = cron.spec().text("timeZone");
        var at = zone.isEmpty() ? Times.seconds(time)
                : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.atZone(ZoneId.of(zone)));
        var metadata = JsonObject.builder().put("name", (Object) name).put("namespace", (Object) cron.namespace());
        template.object("metadata").find("labels").ifPresent(labels -> metadata.put("labels", labels));
        metadata.put("annotations", template.object("metadata", "annotations").with(SCHEDULED_AT, Json.of(at)))
                .put("ownerReferences", JsonArray.of((Json) OwnerReference.controllerOf(cron).json()));
        return KubeObject.of(JsonObject.of("apiVersion", "batch/v1", "kind", "Job",
                "metadata", metadata.build(), "spec", template.object("spec")));
    }

    private List<KubeObject> running() {
        return jobs.stream().filter(job -> !ended(job)).sorted(Comparator.comparing(KubeObject::name)).toList();
    }

    static boolean ended(KubeObject job) {
        return Pods.holds(job, "Complete") || Pods.holds(job, "Failed");
    }

    private void tellEnded() {
        var active = cron.status().array("active").objects().stream().map(ref -> ref.text("uid")).toList();
        jobs.stream().filter(job -> active.contains(job.uid()) && ended(job)).forEach(job -> told.add(new Told(false,
                "SawCompletedJob", "Saw completed job: " + job.name() + ", condition: "
                + (Pods.holds(job, "Complete") ? "Complete" : "Failed"))));
    }

    private List<KubeObject> forget() {
        var succeeded = jobs.stream().filter(job -> Pods.holds(job, "Complete")).toList();
        var failed = jobs.stream().filter(job -> Pods.holds(job, "Failed")).toList();
        var forgotten = new ArrayList<KubeObject>(oldest(succeeded, "successfulJobsHistoryLimit", 3));
        forgotten.addAll(oldest(failed, "failedJobsHistoryLimit", 1));
        return forgotten;
    }

    private List<KubeObject> oldest(List<KubeObject> ended, String limit, int otherwise) {
        long keep = cron.spec().at(limit).number(otherwise);
        return ended.stream()
                .sorted(Comparator.comparing((KubeObject job) -> job.created().orElse(Instant.MAX))
                        .thenComparing(KubeObject::name))
                .limit(Math.max(0, ended.size() - keep)).filter(job -> !job.deleting()).toList();
    }

    private JsonObject status() {
        var status = JsonObject.builder();
        var active = running().stream().filter(job -> !replace.contains(job)).map(CronPlan::reference).toList();
        if (!active.isEmpty()) {
            status.put("active", JsonArray.of(active));
        }
        status.putText("lastScheduleTime", lastSchedule);
        var successes = jobs.stream().filter(job -> Pods.holds(job, "Complete"))
                .map(job -> job.status().text("completionTime"));
        String newest = Stream.concat(successes,
                Stream.of(cron.status().text("lastSuccessfulTime")))
                .max(Comparator.naturalOrder()).orElse("");
        return status.putText("lastSuccessfulTime", newest).build();
    }

    private static Json reference(KubeObject job) {
        return JsonObject.of("apiVersion", "batch/v1", "kind", "Job", "name", job.name(),
                "namespace", job.namespace(), "uid", job.uid(), "resourceVersion", job.resourceVersion());
    }
}
