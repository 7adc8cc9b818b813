package dev.starling.control.job;

import dev.starling.control.workload.Change;
import dev.starling.control.workload.Claims;
import dev.starling.control.workload.Conditions;
import dev.starling.control.workload.Owned;
import dev.starling.control.workload.PodWrites;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.DeleteOptions.Propagation;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Runs the pods of Jobs to completion, and removes finished Jobs after their time to live. */
public final class JobController implements Reconciler {
    private static final String OF_JOB = "job";
    private static final Duration REFUSED_PAUSE = Duration.ofSeconds(10);

    private final Informer jobs;
    private final Informer pods;
    private final EventRecorder events;
    private final Driver driver;

    private JobController(Informer jobs, Informer pods, EventRecorder events, Driver driver) {
        this.jobs = jobs;
        this.pods = pods;
        this.events = events;
        this.driver = driver;
    }

    /** Wires the controller to its informers; pods must be indexed by {@link Owned#index} and not yet started. */
    public static Controller controller(KubeApi api, Informer jobs, Informer pods, EventRecorder events,
            Driver driver) {
        pods.index(OF_JOB, pod -> job(pod).map(ObjectKey::namespacedName).stream().toList());
        var controller = new Controller("job", api, new JobController(jobs, pods, events, driver), List.of(jobs, pods));
        Owned.enqueueChanged(jobs, controller);
        Owned.enqueueAdopters(pods, jobs, controller);
        pods.onChange((before, after) -> Stream.of(before, after).flatMap(Optional::stream)
                .flatMap(pod -> job(pod).stream()).distinct().forEach(controller::enqueue));
        return controller;
    }

    /** The Job that a pod is or was of: a pod that lost its Job still has the finalizer, and the label. */
    private static Optional<ObjectKey> job(KubeObject pod) {
        var owner = pod.controller();
        var name = owner.filter(c -> c.kind().equals("Job")).map(c -> c.name()).or(() ->
                owner.isEmpty() && JobPods.tracked(pod) ? Optional.ofNullable(pod.labels().get(JobLabels.NAME))
                        : Optional.empty());
        return name.map(n -> Kinds.JOBS.key(pod.namespace(), n));
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var found = jobs.find(key.namespace(), key.name());
        var candidates = pods.by(OF_JOB, key.namespacedName());
        var strays = candidates.stream().filter(pod -> found.isEmpty() || pod.controller()
                .filter(c -> c.uid().equals(found.get().uid())).isEmpty()).toList();
        if (found.isEmpty()) {
            strays.forEach(pod -> release(pod, api));
            return Outcome.done();
        }
        var job = found.get();
        if (!job.spec().text("managedBy").isEmpty()
                && !job.spec().text("managedBy").equals("kubernetes.io/job-controller")) {
            return Outcome.done();
        }
        strays.stream().filter(pod -> pod.controller().isPresent() || !Owned.selector(job).matches(pod.labels()))
                .forEach(pod -> release(pod, api));
        var plan = JobPlan.of(job, claim(job, api), now);
        boolean refused = carryOut(job, plan, api);
        if (JobPlan.finished(job)) {
            return retire(job, api, now);
        }
        var again = refused ? Optional.of(REFUSED_PAUSE) : plan.again();
        return again.map(Outcome::again).orElse(Outcome.done());
    }

    /** A Job without selector takes nobody else's pods. */
    private List<KubeObject> claim(KubeObject job, KubeApi api) {
        var selector = Owned.selector(job);
        if (selector.isAll()) {
            return Owned.by(pods, job);
        }
        var claims = Claims.of(job, selector, Owned.candidates(pods, job));
        var held = claims.carryOut(job, Kinds.JOBS, Kinds.PODS, api);
        for (var pod : claims.adopt()) {
            write(() -> api.patch(pod.key(Kinds.PODS), new Patch.Strategic(JsonObject.of("metadata",
                    JsonObject.of("finalizers", JsonArray.strings(List.of(JobPods.FINALIZER)))))));
        }
        return held;
    }

    /** True if creating pods was refused, so that it must be tried again. */
    private boolean carryOut(KubeObject job, JobPlan.Writes plan, KubeApi api) {
        var writes = new PodWrites(api, events, driver);
        var change = Change.between(job.status(), plan.status());
        if (!change.isEmpty()) {
            // Counting is exact only if it builds on the newest status, so an older one is refused.
            api.patch(job.key(Kinds.JOBS).sub("status"), new Patch.Merge(JsonObject.of("status", change,
                    "metadata", JsonObject.of("resourceVersion", job.resourceVersion()))));
        }
        tell(job, Conditions.of(job.status()), Conditions.of(plan.status()));
        plan.release().forEach(pod -> release(pod, api));
        orThrow(writes.delete(job, plan.stop()));
        plan.drop().forEach(pod -> release(pod, api));
        orThrow(writes.delete(job, plan.drop()));
        var refusal = writes.create(job, plan.create());
        return refusal.filter(e -> !PodWrites.ofTerminatingNamespace(e)).isPresent();
    }

    private static void orThrow(Optional<ApiException> refusal) {
        refusal.ifPresent(e -> {
            throw e;
        });
    }

    private void tell(KubeObject job, Conditions before, Conditions after) {
        if (begins("Complete", before, after)) {
            events.normal(job, "Completed", "Job completed");
        }
        if (begins("FailureTarget", before, after)) {
            var why = after.find("FailureTarget").orElse(JsonObject.EMPTY);
            events.warning(job, why.text("reason"), why.text("message"));
        }
        if (begins("Suspended", before, after)) {
            events.normal(job, "Suspended", "Job suspended");
        }
        if (before.holds("Suspended") && !after.holds("Suspended")) {
            events.normal(job, "Resumed", "Job resumed");
        }
    }

    private static boolean begins(String type, Conditions before, Conditions after) {
        return !before.holds(type) && after.holds(type);
    }

    /** Takes the finalizer away; the uid keeps the patch off a later pod of the same name. */
    private static void release(KubeObject pod, KubeApi api) {
        if (!JobPods.tracked(pod)) {
            return;
        }
        var patch = new Patch.Strategic(JsonObject.of("metadata", JsonObject.of("uid", pod.uid(),
                "$deleteFromPrimitiveList/finalizers", JsonArray.strings(List.of(JobPods.FINALIZER)))));
        write(() -> api.patch(pod.key(Kinds.PODS), patch));
    }

    /** A pod that is gone, or another one of the same name, needs no write. */
    private static void write(Runnable change) {
        try {
            change.run();
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND) && !e.is(Reason.INVALID)) {
                throw e;
            }
        }
    }

    private static Outcome retire(KubeObject job, KubeApi api, Instant now) {
        var left = JobPlan.timeToLive(job, now);
        if (left.isEmpty() || job.deleting()) {
            return Outcome.done();
        }
        if (left.get().isPositive()) {
            return Outcome.again(left.get());
        }
        // A time to live that was changed meanwhile counts: an older image is refused.
        write(() -> api.delete(job.key(Kinds.JOBS), DeleteOptions.DEFAULT.withPropagation(Propagation.FOREGROUND)
                .withUid(job.uid()).withResourceVersion(job.resourceVersion())));
        return Outcome.done();
    }
}
