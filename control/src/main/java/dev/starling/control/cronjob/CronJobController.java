package dev.starling.control.cronjob;

import dev.starling.control.workload.Change;
import dev.starling.control.workload.Owned;
import dev.starling.control.workload.PodWrites;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.DeleteOptions.Propagation;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Makes the Jobs of CronJobs when their time comes. */
public final class CronJobController implements Reconciler {
    /** A start is looked at this much after its time, so that the time has surely come. */
    private static final Duration SLACK = Duration.ofMillis(100);

    private final Informer cronJobs;
    private final Informer jobs;
    private final EventRecorder events;

    private CronJobController(Informer cronJobs, Informer jobs, EventRecorder events) {
        this.cronJobs = cronJobs;
        this.jobs = jobs;
        this.events = events;
    }

    /** Wires the controller to its informers; Jobs must be indexed by {@link Owned#index} and not yet started. */
    public static Controller controller(KubeApi api, Informer cronJobs, Informer jobs, EventRecorder events) {
        var controller = new Controller("cronjob", api, new CronJobController(cronJobs, jobs, events),
                List.of(cronJobs, jobs));
        Owned.enqueueChanged(cronJobs, controller);
        Owned.enqueueOwner(jobs, Kinds.CRON_JOBS, controller);
        return controller;
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var found = cronJobs.find(key.namespace(), key.name());
        if (found.isEmpty()) {
            return Outcome.done();
        }
        var cron = found.get();
        var plan = CronPlan.of(cron, Owned.by(jobs, cron), now);
        plan.told().forEach(told -> {
            if (told.warning()) {
                events.warning(cron, told.reason(), told.message());
            } else {
                events.normal(cron, told.reason(), told.message());
            }
        });
        plan.replace().forEach(job -> delete(cron, job, api));
        plan.create().ifPresent(job -> create(cron, job, api));
        plan.forget().forEach(job -> delete(cron, job, api));
        Change.ofStatus(cron.status(), plan.status()).ifPresent(patch -> api.patch(key.sub("status"), patch));
        return plan.again().map(wait -> Outcome.again(wait.plus(SLACK))).orElse(Outcome.done());
    }

    /** A Job of this name exists only if this very start was made already. */
    private void create(KubeObject cron, KubeObject job, KubeApi api) {
        try {
            api.create(job.key(Kinds.JOBS), job);
            events.normal(cron, "SuccessfulCreate", "Created job " + job.name());
        } catch (ApiException e) {
            if (!e.is(Reason.ALREADY_EXISTS)) {
                if (!PodWrites.ofTerminatingNamespace(e)) {
                    events.warning(cron, "FailedCreate", "Error creating job: " + e.getMessage());
                }
                throw e;
            }
        }
    }

    private void delete(KubeObject cron, KubeObject job, KubeApi api) {
        try {
            api.delete(job.key(Kinds.JOBS),
                    DeleteOptions.DEFAULT.withPropagation(Propagation.BACKGROUND).withUid(job.uid()));
            events.normal(cron, "SuccessfulDelete", "Deleted job " + job.name());
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND)) {
                throw e;
            }
        }
    }
}
