package dev.starling.control.deployment;

import dev.starling.control.workload.Change;
import dev.starling.control.workload.Claims;
import dev.starling.control.workload.Owned;
import dev.starling.control.workload.Pods;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.time.Instant;
import java.util.List;

/** Rolls ReplicaSets out and back as Deployments ask: writes what {@link Rollout} and {@link RolloutStatus} decide. */
public final class DeploymentController implements Reconciler {
    private final Informer deployments;
    private final Informer replicaSets;
    private final Informer pods;
    private final EventRecorder events;

    private DeploymentController(Informer deployments, Informer replicaSets, Informer pods, EventRecorder events) {
        this.deployments = deployments;
        this.replicaSets = replicaSets;
        this.pods = pods;
        this.events = events;
    }

    /** What the controller reads; ReplicaSets and pods must be indexed by {@link Owned#index} and not yet started. */
    public record Informers(Informer deployments, Informer replicaSets, Informer pods) {
    }

    /** Wires the controller to its informers. */
    public static Controller controller(KubeApi api, Informers informers, EventRecorder events) {
        var reconciler = new DeploymentController(informers.deployments(), informers.replicaSets(), informers.pods(),
                events);
        var controller = new Controller("deployment", api, reconciler,
                List.of(informers.deployments(), informers.replicaSets(), informers.pods()));
        Owned.enqueueChanged(informers.deployments(), controller);
        Owned.enqueueOwner(informers.replicaSets(), Kinds.DEPLOYMENTS, controller);
        Owned.enqueueAdopters(informers.replicaSets(), informers.deployments(), controller);
        informers.pods().onChange((before, after) -> before
                .filter(pod -> after.filter(p -> !Pods.terminal(p)).isEmpty())
                .ifPresent(pod -> reconciler.recreated(pod, controller)));
        return controller;
    }

    /** The end of a pod matters only to a Deployment that waits for its old pods to end. */
    private void recreated(KubeObject pod, Controller controller) {
        pod.controller().filter(c -> c.kind().equals("ReplicaSet"))
                .flatMap(c -> replicaSets.find(pod.namespace(), c.name()))
                .flatMap(KubeObject::controller).filter(c -> c.kind().equals("Deployment"))
                .flatMap(c -> deployments.find(pod.namespace(), c.name()))
                .filter(d -> d.spec().text("strategy", "type").equals("Recreate"))
                .ifPresent(d -> controller.enqueue(d.key(Kinds.DEPLOYMENTS)));
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var found = deployments.find(key.namespace(), key.name());
        if (found.isEmpty()) {
            return Outcome.done();
        }
        var deployment = found.get();
        var selector = Owned.selector(deployment);
        if (selector.isAll()) {
            events.warning(deployment, "SelectingAll",
                    "This deployment is selecting all pods. A non-empty selector is required.");
            return Outcome.done();
        }
        var claims = Claims.of(deployment, selector, Owned.candidates(replicaSets, deployment));
        var image = Image.of(deployment,
                claims.carryOut(deployment, Kinds.DEPLOYMENTS, Kinds.REPLICA_SETS, api));
        for (var step : Rollout.next(image, oldPodsRun(image))) {
            carryOut(step, image, api);
        }
        var status = RolloutStatus.of(image, now);
        Change.ofStatus(deployment.status(), status).ifPresent(patch -> api.patch(key.sub("status"), patch));
        return RolloutStatus.deadline(image, status, now).map(Outcome::again).orElse(Outcome.done());
    }

    private boolean oldPodsRun(Image image) {
        return !image.rolling() && image.older().stream().flatMap(set -> Owned.by(pods, set).stream())
                .anyMatch(pod -> !Pods.terminal(pod));
    }

    private void carryOut(Step step, Image image, KubeApi api) {
        var deployment = image.deployment();
        switch (step) {
            case Step.Create(var set) -> create(set, deployment, api);
            case Step.Resize resize -> resize(resize, image, api);
            case Step.Delete(var set) -> delete(set, api);
            case Step.Number(var revision) -> api.patch(deployment.key(Kinds.DEPLOYMENTS),
                    Change.field(new JsonString(revision), "metadata", "annotations", Revisions.REVISION));
        }
    }

    private void create(KubeObject set, KubeObject deployment, KubeApi api) {
        try {
            api.create(set.key(Kinds.REPLICA_SETS), set);
        } catch (ApiException e) {
            if (!e.is(Reason.ALREADY_EXISTS)) {
                events.warning(deployment, "ReplicaSetCreateError",
                        "Failed to create new replica set \"" + set.name() + "\": " + e.getMessage());
                throw e;
            }
            collided(set, deployment, api);
            return;
        }
        int size = Image.replicas(set);
        if (size > 0) {
            events.normal(deployment, "ScalingReplicaSet",
                    "Scaled up replica set " + set.name() + " from 0 to " + size);
        }
    }

    /** Another template has this hash, or another owner this name: the next try counts one collision more. */
    private static void collided(KubeObject set, KubeObject deployment, KubeApi api) {
        long collisions = deployment.status().at("collisionCount").number(0);
        var present = api.get(set.key(Kinds.REPLICA_SETS));
        boolean ours = present.controller().filter(c -> c.uid().equals(deployment.uid())).isPresent()
                && Image.of(deployment, List.of(present)).newest().isPresent();
        if (!ours) {
            api.patch(deployment.key(Kinds.DEPLOYMENTS).sub("status"),
                    Change.field(new JsonLong(collisions + 1), "status", "collisionCount"));
        }
        throw ApiException.conflict(Kinds.REPLICA_SETS.qualifiedPlural(), set.name(), "hash collision");
    }

    private void resize(Step.Resize step, Image image, KubeApi api) {
        var set = step.replicaSet();
        boolean newest = image.newest().filter(n -> n.uid().equals(set.uid())).isPresent();
        var spec = JsonObject.builder().put("replicas", step.to());
        if (newest && !image.minReadySeconds().equals(set.spec().at("minReadySeconds"))) {
            spec.put("minReadySeconds", image.minReadySeconds());
        }
        api.patch(set.key(Kinds.REPLICA_SETS), new Patch.Merge(JsonObject.of(
                "metadata", JsonObject.of("annotations", step.annotations()), "spec", spec.build())));
        if (step.from() != step.to()) {
            events.normal(image.deployment(), "ScalingReplicaSet", "Scaled " + (step.to() > step.from() ? "up" : "down")
                    + " replica set " + set.name() + " from " + step.from() + " to " + step.to());
        }
    }

    private static void delete(KubeObject set, KubeApi api) {
        try {
            api.delete(set.key(Kinds.REPLICA_SETS), DeleteOptions.DEFAULT.withUid(set.uid()));
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND)) {
                throw e;
            }
        }
    }
}
