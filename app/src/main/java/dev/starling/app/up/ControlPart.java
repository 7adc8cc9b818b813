package dev.starling.app.up;

import dev.starling.control.deployment.DeploymentController;
import dev.starling.control.endpointslice.EndpointSliceController;
import dev.starling.control.replicaset.ReplicaSetController;
import dev.starling.control.job.JobController;
import dev.starling.control.cronjob.CronJobController;
import dev.starling.control.scheduler.Scheduler;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.object.Kinds;
import java.util.List;

/** The controllers and the scheduler. */
final class ControlPart implements AutoCloseable {
    private final Undo undo = new Undo();

    ControlPart(ApiPart api, Driver driver) {
        var kube = api.as("controller-manager");
        var informers = new SharedInformers(kube);
        var events = new EventRecorder(kube, "controller-manager", driver);
        undo.later("events", events.start());
        var pods = informers.of(Kinds.PODS);
        var sets = informers.of(Kinds.REPLICA_SETS);
        var jobs = informers.of(Kinds.JOBS);
        var controllers = List.<Controller>of(
            DeploymentController.controller(kube, new DeploymentController.Informers(
                informers.of(Kinds.DEPLOYMENTS), sets, pods), events),
            ReplicaSetController.controller(kube, sets, pods, events),
            EndpointSliceController.controller(kube, informers.of(Kinds.SERVICES), pods, informers.of(Kinds.ENDPOINT_SLICES)),
            JobController.controller(kube, jobs, pods, events),
            CronJobController.controller(kube, informers.of(Kinds.CRON_JOBS), jobs, events));
        controllers.forEach(c -> undo.with("controller", c.start(driver, 2)));
        var scheduler = new Scheduler(kube, new Scheduler.SchedulerImages(pods, informers.of(Kinds.NODES), informers.of(Kinds.FARGATE_PROFILES)), events, driver);
        undo.later("scheduler", scheduler.start());
        undo.later("informers", informers.start(driver));
    }

    @Override
    public void close() {
        undo.close();
    }
}
