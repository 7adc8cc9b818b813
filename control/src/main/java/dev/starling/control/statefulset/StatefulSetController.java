package dev.starling.control.statefulset;

import dev.starling.control.revision.History;
import dev.starling.control.revision.HistoryWrites;
import dev.starling.control.workload.Change;
import dev.starling.control.workload.Claims;
import dev.starling.control.workload.Owned;
import dev.starling.control.workload.PodWrites;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.ObjectKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Keeps the pods, claims and revisions of StatefulSets: writes what {@link StatefulSetPlan} decides. */
public final class StatefulSetController implements Reconciler {
    private final Informers informers;
    private final EventRecorder events;

    private StatefulSetController(Informers informers, EventRecorder events) {
        this.informers = informers;
        this.events = events;
    }

    /** What the controller reads; pods and revisions must be indexed by {@link Owned#index}, and none be started. */
    public record Informers(Informer sets, Informer pods, Informer revisions, Informer claims) {
    }

    /** Wires the controller to its informers. */
    public static Controller controller(KubeApi api, Informers informers, EventRecorder events) {
        var controller = new Controller("statefulset", api, new StatefulSetController(informers, events),
                List.of(informers.sets(), informers.pods(), informers.revisions(), informers.claims()));
        Owned.enqueueChanged(informers.sets(), controller);
        Owned.enqueueOwner(informers.pods(), Kinds.STATEFUL_SETS, controller);
        Owned.enqueueAdopters(informers.pods(), informers.sets(), controller);
        return controller;
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var found = informers.sets().find(key.namespace(), key.name());
        if (found.isEmpty()) {
            return Outcome.done();
        }
        var set = found.get();
        var selector = Owned.selector(set);
        if (selector.isAll()) {
            return Outcome.done();
        }
        var history = history(set, selector, api);
        var pods = pods(set, selector, api);
        var image = image(set, history, pods, api);
        var plan = StatefulSetPlan.of(image, now);
        var refusal = carryOut(plan.acts(), new StatefulWrites(set, api, events));
        Change.ofStatus(set.status(), plan.status()).ifPresent(patch -> api.patch(key.sub("status"), patch));
        if (!set.deleting()) {
            HistoryWrites.trim(history, Stream.concat(Stream.of(image.current().name(), image.update().name()),
                    pods.stream().map(pod -> pod.labels().getOrDefault(History.HASH, ""))).toList(), api);
        }
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        return plan.again().map(Outcome::again).orElse(Outcome.done());
    }

    private History history(KubeObject set, LabelSelector selector, KubeApi api) {
        var claims = Claims.of(set, selector, Owned.candidates(informers.revisions(), set));
        return new History(set, claims.carryOut(set, Kinds.STATEFUL_SETS, Kinds.CONTROLLER_REVISIONS, api));
    }

    /** Only pods whose names are those of its places can be the set's. */
    private List<KubeObject> pods(KubeObject set, LabelSelector selector, KubeApi api) {
        var claims = Claims.of(set, pod -> selector.matches(pod.labels())
                && Member.ordinal(set, pod.name()).isPresent(), Owned.candidates(informers.pods(), set));
        return claims.carryOut(set, Kinds.STATEFUL_SETS, Kinds.PODS, api);
    }

    private Image image(KubeObject set, History history, List<KubeObject> pods, KubeApi api) {
        var newest = HistoryWrites.settle(history, api);
        String current = set.status().text("currentRevision");
        return new Image(set, pods, history.revisions().stream().filter(r -> r.name().equals(current)).findFirst()
                .orElse(newest.revision()), newest.revision(), newest.collisions(),
                name -> informers.claims().find(set.namespace(), name));
    }

    /** Stops at the first refusal, so that a hundred pods that break the same rule make one. */
    private static Optional<ApiException> carryOut(List<Act> acts, StatefulWrites writes) {
        try {
            acts.forEach(writes::carryOut);
            return Optional.empty();
        } catch (ApiException e) {
            return PodWrites.ofTerminatingNamespace(e) ? Optional.empty() : Optional.of(e);
        }
    }
}
