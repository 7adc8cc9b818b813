package dev.starling.control.daemonset;

import dev.starling.control.revision.History;
import dev.starling.control.revision.HistoryWrites;
import dev.starling.control.workload.Change;
import dev.starling.control.workload.Claims;
import dev.starling.control.workload.Owned;
import dev.starling.control.workload.Pace;
import dev.starling.control.workload.PodWrites;
import dev.starling.control.workload.Pods;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.ObjectKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Keeps the pods and revisions of DaemonSets: writes what {@link DaemonSetPlan} decides. */
public final class DaemonSetController implements Reconciler {
    private final Informers informers;
    private final EventRecorder events;
    private final Driver driver;
    /** Bounded by the sets that there are. */
    private final Map<ObjectKey, FailingNodes> failing = new ConcurrentHashMap<>();

    private DaemonSetController(Informers informers, EventRecorder events, Driver driver) {
        this.informers = informers;
        this.events = events;
        this.driver = driver;
    }

    /** What the controller reads; pods and revisions must be indexed by {@link Owned#index}, and none be started. */
    public record Informers(Informer sets, Informer pods, Informer revisions, Informer nodes) {
    }

    /** Wires the controller to its informers. */
    public static Controller controller(KubeApi api, Informers informers, EventRecorder events, Driver driver) {
        var controller = new Controller("daemonset", api, new DaemonSetController(informers, events, driver),
                List.of(informers.sets(), informers.pods(), informers.revisions(), informers.nodes()));
        Owned.enqueueChanged(informers.sets(), controller);
        Owned.enqueueOwner(informers.pods(), Kinds.DAEMON_SETS, controller);
        Owned.enqueueAdopters(informers.pods(), informers.sets(), controller);
        informers.nodes().onChange((before, after) -> {
            if (before.isEmpty() || after.isEmpty() || !takesTheSame(before.get(), after.get())) {
                informers.sets().all().forEach(set -> controller.enqueue(set.key(Kinds.DAEMON_SETS)));
            }
        });
        return controller;
    }

    private static boolean takesTheSame(KubeObject before, KubeObject after) {
        return before.labels().equals(after.labels()) && before.spec().equals(after.spec());
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var found = informers.sets().find(key.namespace(), key.name());
        if (found.isEmpty()) {
            failing.remove(key);
        }
        if (found.filter(set -> !set.deleting()).isEmpty()) {
            return Outcome.done();
        }
        var set = found.get();
        var selector = Owned.selector(set);
        if (selector.isAll()) {
            events.warning(set, "SelectingAll",
                    "This daemon set is selecting all pods. A non-empty selector is required.");
            return Outcome.done();
        }
        return settle(set, selector, api, now);
    }

    private Outcome settle(KubeObject set, LabelSelector selector, KubeApi api, Instant now) {
        var history = new History(set, claim(set, selector, informers.revisions(), api));
        var newest = HistoryWrites.settle(history, api);
        var owned = claim(set, selector, informers.pods(), api);
        var daemon = new DaemonPods(set);
        var image = new Image(set, Image.fits(daemon, informers.nodes().all()), Image.byNode(owned),
                newest.revision().labels().getOrDefault(History.HASH, ""), now);
        var failures = failing.computeIfAbsent(set.key(Kinds.DAEMON_SETS), key -> new FailingNodes());
        var plan = DaemonSetPlan.of(image, node -> failures.left(node, now));
        plan.ended().forEach(pod -> tell(set, pod, failures, now));
        var writes = new PodWrites(api, events, driver);
        var made = writes.create(set, plan.create().stream().map(node -> daemon.on(node, image.hash())).toList());
        var gone = writes.delete(set, plan.delete());
        var refusal = made.or(() -> gone);
        Change.ofStatus(set.status(), DaemonSetStatus.of(image, newest.collisions()))
                .ifPresent(patch -> api.patch(set.key(Kinds.DAEMON_SETS).sub("status"), patch));
        HistoryWrites.trim(history, live(history, owned, newest.revision()), api);
        if (refusal.filter(e -> !PodWrites.ofTerminatingNamespace(e)).isPresent()) {
            throw refusal.get();
        }
        var outcome = plan.again().map(Outcome::again).orElse(Outcome.done());
        return plan.create().isEmpty() && plan.delete().isEmpty()
                ? outcome.resting(Pace.rest(informers.nodes().all().size())) : outcome;
    }

    private static List<KubeObject> claim(KubeObject set, LabelSelector selector, Informer dependents, KubeApi api) {
        return Claims.of(set, selector, Owned.candidates(dependents, set))
                .carryOut(set, Kinds.DAEMON_SETS, dependents.type(), api);
    }

    private static List<String> live(History history, List<KubeObject> pods, KubeObject newest) {
        var hashes = pods.stream().map(pod -> pod.labels().getOrDefault(History.HASH, "")).collect(Collectors.toSet());
        return history.revisions().stream().filter(revision -> revision.uid().equals(newest.uid())
                || hashes.contains(Optional.ofNullable(revision.labels().get(History.HASH)).orElse("")))
                .map(KubeObject::name).toList();
    }

    private void tell(KubeObject set, KubeObject pod, FailingNodes failures, Instant now) {
        String where = " daemon pod " + pod.namespacedName() + " on node " + DaemonPods.target(pod);
        if (Pods.phase(pod).equals("Failed")) {
            failures.failed(DaemonPods.target(pod), now);
            events.warning(set, "FailedDaemonPod", "Found failed" + where + ", will try to kill it");
        } else {
            events.normal(set, "SucceededDaemonPod", "Found succeeded" + where + ", will try to delete it");
        }
    }
}
