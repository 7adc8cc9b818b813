package dev.starling.control.replicaset;

import dev.starling.control.workload.Change;
import dev.starling.control.workload.Claims;
import dev.starling.control.workload.Conditions;
import dev.starling.control.workload.Owned;
import dev.starling.control.workload.Pace;
import dev.starling.control.workload.PodTemplate;
import dev.starling.control.workload.PodWrites;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Keeps as many pods as each ReplicaSet asks for. A ReplicationController is the same to it: only its selector is
 * written otherwise, which {@link Owned#selector} knows.
 */
public final class ReplicaSetController implements Reconciler {
    private static final String FAILURE = "ReplicaFailure";

    private final Informer replicaSets;
    private final Informer pods;
    private final EventRecorder events;

    private final Driver driver;

    private ReplicaSetController(Informer replicaSets, Informer pods, EventRecorder events, Driver driver) {
        this.replicaSets = replicaSets;
        this.pods = pods;
        this.events = events;
        this.driver = driver;
    }

    /**
     * Wires the controller to its informers, which are not yet started.
     *
     * @param replicaSets or ReplicationControllers
     * @param pods indexed by {@link Owned#index}
     */
    public static Controller controller(KubeApi api, Informer replicaSets, Informer pods, EventRecorder events,
            Driver driver) {
        var controller = new Controller(replicaSets.type().kind().toLowerCase(Locale.ROOT), api,
                new ReplicaSetController(replicaSets, pods, events, driver), List.of(replicaSets, pods));
        Owned.enqueueChanged(replicaSets, controller);
        Owned.enqueueOwner(pods, replicaSets.type(), controller);
        Owned.enqueueAdopters(pods, replicaSets, controller);
        return controller;
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var found = replicaSets.find(key.namespace(), key.name());
        if (found.isEmpty()) {
            return Outcome.done();
        }
        var replicaSet = found.get();
        var claims = Claims.of(replicaSet, Owned.selector(replicaSet), Owned.candidates(pods, replicaSet));
        var held = claims.carryOut(replicaSet, replicaSets.type(), Kinds.PODS, api);
        var plan = ReplicaSetPlan.of(replicaSet, held, now);
        var writes = new PodWrites(api, events, driver);
        var refusal = writes.create(replicaSet,
                Collections.nCopies(plan.create(), PodTemplate.of(replicaSet).podOf(replicaSet)))
                .or(() -> writes.delete(replicaSet, plan.delete()));
        var failure = refusal.map(e -> Conditions.Said.yes(FAILURE, plan.create() > 0 ? "FailedCreate" : "FailedDelete",
                e.getMessage()));
        var status = withFailure(replicaSet, plan.status(), failure, now);
        Change.ofStatus(replicaSet.status(), status).ifPresent(patch -> api.patch(key.sub("status"), patch));
        if (refusal.isPresent() && !PodWrites.ofTerminatingNamespace(refusal.get())) {
            throw refusal.get();
        }
        var outcome = plan.again().map(Outcome::again).orElse(Outcome.done());
        return plan.settled() ? outcome.resting(Pace.rest(held.size())) : outcome;
    }

    /**
     * The status with what went wrong. A failure that is known already keeps its words: each refusal names another pod,
     * and a status that changed with every attempt would call for the next attempt at once.
     */
    static JsonObject withFailure(KubeObject replicaSet, JsonObject status,
            Optional<Conditions.Said> failure, Instant now) {
        if (failure.isEmpty()) {
            return status;
        }
        var before = Conditions.of(replicaSet.status());
        boolean known = before.holds(FAILURE) && before.reason(FAILURE).equals(failure.get().reason());
        return status.with("conditions", (known ? before : before.with(failure.get(), now)).list());
    }
}
