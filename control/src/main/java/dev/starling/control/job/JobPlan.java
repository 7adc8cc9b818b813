package dev.starling.control.job;

import dev.starling.control.workload.Conditions;
import dev.starling.control.workload.Conditions.Said;
import dev.starling.control.workload.DeletionOrder;
import dev.starling.control.workload.Pods;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * What a Job has to do now, from one image of it and its pods. Pure.
 *
 * <pre>
 * (new) → running ⇄ suspended
 *            ├ enough pods succeeded → SuccessCriteriaMet → no pod is left → Complete
 *            └ too many failed, or too late → FailureTarget → no pod is left → Failed
 * </pre>
 */
final class JobPlan {

    /**
     * Writes, in this order.
     *
     * @param status the new status, to be stored before anything else
     * @param release pods that lose their finalizer: their end is in the status
     * @param stop pods to delete whose end counts as a failure
     * @param drop pods to delete that count as nothing: their finalizer goes first
     * @param create pods to create
     * @param again when to look again though nothing changes
     */
    record Writes(JsonObject status, List<KubeObject> release, List<KubeObject> stop, List<KubeObject> drop,
            List<KubeObject> create, Optional<Duration> again) {
    }

    private static final String FAILURE_TARGET = "FailureTarget";
    private static final String SUCCESS_MET = "SuccessCriteriaMet";
    private static final String SUSPENDED = "Suspended";
    private static final int BURST = 500;

    private final KubeObject job;
    private final List<KubeObject> pods;
    private final List<KubeObject> active;
    private final Tally tally;
    private final Instant now;
    private Conditions conditions;
    private final List<KubeObject> stop = new ArrayList<>();
    private final List<KubeObject> drop = new ArrayList<>();
    private final List<KubeObject> create = new ArrayList<>();
    private Optional<Duration> again = Optional.empty();

    private JobPlan(KubeObject job, List<KubeObject> pods, Instant now) {
        this.job = job;
        this.pods = pods;
        this.active = Tally.active(pods);
        this.tally = Tally.of(job, pods);
        this.now = now;
        this.conditions = Conditions.of(job.status());
    }

    /** @param pods those that the Job controls */
    static Writes of(KubeObject job, List<KubeObject> pods, Instant now) {
        var plan = new JobPlan(job, pods, now);
        if (!finished(job)) {
            plan.decide();
        }
        return new Writes(plan.status(), plan.tally.released(), List.copyOf(plan.stop), List.copyOf(plan.drop),
                List.copyOf(plan.create), plan.again);
    }

    static boolean finished(KubeObject job) {
        return Pods.holds(job, "Complete") || Pods.holds(job, "Failed");
    }

    /** How long a finished Job still stays; nothing if it stays, or is not finished. */
    static Optional<Duration> timeToLive(KubeObject job, Instant now) {
        var ttl = job.spec().at("ttlSecondsAfterFinished");
        var finish = Pods.condition(job, "Complete").filter(c -> c.text("status").equals("True"))
                .or(() -> Pods.condition(job, "Failed").filter(c -> c.text("status").equals("True")))
                .flatMap(c -> Times.parse(c.text("lastTransitionTime")));
        return ttl.isNull() ? Optional.empty() : finish.map(at ->
                Duration.between(now, at.plusSeconds(ttl.number(0))));
    }

    private void decide() {
        failure().ifPresent(said -> conditions = conditions.probed(said, now));
        if (!conditions.holds(FAILURE_TARGET) && succeeded()) {
            conditions = conditions.probed(Said.yes(SUCCESS_MET, "CompletionsReached",
                    "Reached expected number of succeeded pods"), now);
        }
        if (conditions.holds(FAILURE_TARGET)) {
            stop.addAll(active);
            finish(FAILURE_TARGET, "Failed");
        } else if (conditions.holds(SUCCESS_MET)) {
            drop.addAll(active);
            finish(SUCCESS_MET, "Complete");
        } else if (job.spec().flag("suspend")) {
            drop.addAll(active);
            conditions = conditions.probed(Said.yes(SUSPENDED, "JobSuspended", "Job suspended"), now);
        } else if (!job.deleting()) {
            if (conditions.holds(SUSPENDED)) {
                conditions = conditions.probed(Said.no(SUSPENDED, "JobResumed", "Job resumed"), now);
            }
            deadline().ifPresent(left -> again = Optional.of(left));
            adjust();
        }
    }

    /** A Job ends for good only when each of its pods has ended and is counted. */
    private void finish(String cause, String end) {
        if (active.isEmpty() && Tally.terminating(pods) == 0 && tally.settled()) {
            var why = conditions.find(cause).orElseThrow();
            conditions = conditions.probed(Said.yes(end, why.text("reason"), why.text("message")), now);
        }
    }

    private Optional<Said> failure() {
        if (conditions.holds(FAILURE_TARGET) || conditions.holds(SUCCESS_MET)) {
            return Optional.empty();
        }
        if (exhausted()) {
            return Optional.of(Said.yes(FAILURE_TARGET, "BackoffLimitExceeded",
                    "Job has reached the specified backoff limit"));
        }
        return deadline().filter(left -> !left.isPositive()).map(left -> Said.yes(FAILURE_TARGET, "DeadlineExceeded",
                "Job was active longer than specified deadline"));
    }

    private boolean exhausted() {
        long limit = job.spec().at("backoffLimit").number(6);
        if (tally.failed() > limit) {
            return true;
        }
        boolean inPlace = job.spec().object("template").text("spec", "restartPolicy").equals("OnFailure");
        long restarts = inPlace ? active.stream().mapToLong(JobPods::restarts).sum() : 0;
        return limit == 0 ? restarts > 0 : restarts >= limit;
    }

    private Optional<Duration> deadline() {
        var seconds = job.spec().at("activeDeadlineSeconds");
        if (seconds.isNull() || job.spec().flag("suspend")) {
            return Optional.empty();
        }
        return Times.parse(started()).map(start -> Duration.between(now, start.plusSeconds(seconds.number(0))));
    }

    /** The start time to show: it begins anew when a suspended Job is resumed; empty while it never ran. */
    private String started() {
        String start = job.status().text("startTime");
        if (job.spec().flag("suspend")) {
            return start;
        }
        boolean resumed = Pods.holds(job, SUSPENDED);
        return start.isEmpty() || resumed ? Times.seconds(now) : start;
    }

    /** Without a number of completions, one success ends the making of pods, and the Job when the others ended. */
    private boolean succeeded() {
        var completions = job.spec().at("completions");
        return completions.isNull() ? tally.succeeded() > 0 && active.isEmpty()
                : tally.succeeded() >= completions.number(1);
    }

    private long wantedActive() {
        var completions = job.spec().at("completions");
        long parallelism = job.spec().at("parallelism").number(1);
        if (completions.isNull()) {
            return tally.succeeded() > 0 ? active.size() : parallelism;
        }
        return Math.min(parallelism, Math.max(0, completions.number(1) - tally.succeeded()));
    }

    private void adjust() {
        var surplus = tally.indexed() ? duplicates() : List.<KubeObject>of();
        drop.addAll(surplus);
        var running = active.stream().filter(pod -> !surplus.contains(pod)).toList();
        long missing = wantedActive() - running.size();
        if (missing < 0) {
            drop.addAll(DeletionOrder.first((int) -missing, running));
        } else if (missing > 0) {
            make((int) Math.min(missing, BURST), running);
        }
    }

    private void make(int count, List<KubeObject> running) {
        var rest = JobPods.restUntil(pods).filter(now::isBefore);
        if (rest.isPresent()) {
            var wait = Duration.between(now, rest.get());
            again = Optional.of(again.filter(other -> other.compareTo(wait) < 0).orElse(wait));
            return;
        }
        if (!tally.indexed()) {
            for (int i = 0; i < count; i++) {
                create.add(JobPods.pod(job));
            }
            return;
        }
        var taken = (BitSet) tally.indexes().bits().clone();
        running.forEach(pod -> taken.set(Math.max(0, JobPods.index(pod))));
        for (int i = 0; i < count; i++) {
            int index = taken.nextClearBit(0);
            taken.set(index);
            create.add(JobPods.pod(job, index));
        }
    }

    /** Pods whose index is done, taken by another pod, or none of this Job's. */
    private List<KubeObject> duplicates() {
        var taken = (BitSet) tally.indexes().bits().clone();
        long completions = job.spec().at("completions").number(0);
        var surplus = new ArrayList<KubeObject>();
        for (var pod : active) {
            int index = JobPods.index(pod);
            if (index < 0 || index >= completions || taken.get(index)) {
                surplus.add(pod);
            } else {
                taken.set(index);
            }
        }
        return surplus;
    }

    private JsonObject status() {
        var status = JsonObject.builder();
        conditions.into(status);
        status.putText("startTime", started());
        String completed = job.status().text("completionTime");
        boolean completes = conditions.holds("Complete") && completed.isEmpty();
        status.putText("completionTime", completes ? Times.seconds(now) : completed);
        if (!active.isEmpty()) {
            status.put("active", active.size());
        }
        tally.into(status);
        status.put("terminating", Tally.terminating(pods));
        status.put("ready", active.stream().filter(Pods::ready).count());
        job.status().find("failedIndexes").filter(f -> f != JsonNull.NULL)
                .ifPresent(failed -> status.put("failedIndexes", failed));
        return status.build();
    }
}
