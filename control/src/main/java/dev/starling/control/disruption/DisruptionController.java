package dev.starling.control.disruption;

import dev.starling.control.workload.Change;
import dev.starling.control.workload.Labelled;
import dev.starling.control.workload.Owned;
import dev.starling.control.workload.Pace;
import dev.starling.control.workload.Pods;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Works out how many disruptions PodDisruptionBudgets allow. An eviction that is granted changes the same status, so
 * every write holds only for the budget as it was seen.
 */
public final class DisruptionController implements Reconciler {
    private static final List<ResourceType> OWNERS = List.of(Kinds.REPLICATION_CONTROLLERS, Kinds.REPLICA_SETS,
            Kinds.DEPLOYMENTS, Kinds.STATEFUL_SETS);

    private final Informer budgets;
    private final Informer pods;
    private final OwnerScales scales;
    private final EventRecorder events;

    private DisruptionController(Informer budgets, Informer pods, OwnerScales scales, EventRecorder events) {
        this.budgets = budgets;
        this.pods = pods;
        this.scales = scales;
        this.events = events;
    }

    /**
     * Wires the controller to its informers, which are not yet started; pods must be indexed by {@link Labelled#index}.
     *
     * @param images by type
     * @param types of everything that is served
     */
    public static Controller controller(KubeApi api, Function<ResourceType, Informer> images,
            Supplier<? extends Collection<ResourceType>> types, EventRecorder events) {
        var owners = OWNERS.stream().collect(Collectors.toMap(Function.identity(), images));
        var budgets = images.apply(Kinds.POD_DISRUPTION_BUDGETS);
        var pods = images.apply(Kinds.PODS);
        var reconciler = new DisruptionController(budgets, pods, new OwnerScales(Map.copyOf(owners), types), events);
        var controller = new Controller("disruption", api, reconciler,
                Stream.concat(Stream.of(budgets, pods), owners.values().stream()).toList());
        Owned.enqueueChanged(budgets, controller);
        pods.onChange((before, after) -> reconciler.changed(before, after, controller));
        return controller;
    }

    private void changed(Optional<KubeObject> before, Optional<KubeObject> after, Controller controller) {
        if (before.isPresent() && after.isPresent() && countsTheSame(before.get(), after.get())) {
            return;
        }
        var pod = after.or(() -> before).orElseThrow();
        var concerned = budgets.in(pod.namespace()).stream().filter(budget -> Stream.of(before, after)
                .flatMap(Optional::stream).anyMatch(p -> protects(budget, p))).toList();
        concerned.forEach(budget -> controller.enqueue(budget.key(Kinds.POD_DISRUPTION_BUDGETS)));
        boolean chosenAnew = before.isEmpty() || !before.get().labels().equals(pod.labels());
        if (concerned.size() > 1 && after.isPresent() && chosenAnew) {
            events.warning(pod, "MultiplePodDisruptionBudgets", "Pod \"" + pod.namespace() + "\"/\"" + pod.name()
                    + "\" matches multiple PodDisruptionBudgets.  Chose \"" + concerned.getFirst().name()
                    + "\" arbitrarily.");
        }
    }

    private static boolean countsTheSame(KubeObject before, KubeObject after) {
        return Pods.ready(before) == Pods.ready(after) && before.deleting() == after.deleting()
                && before.labels().equals(after.labels()) && before.controller().equals(after.controller());
    }

    /** A budget without a selector protects nothing; an empty selector protects the whole namespace. */
    private static boolean protects(KubeObject budget, KubeObject pod) {
        return budget.spec().has("selector") && selector(budget).matches(pod.labels());
    }

    private static LabelSelector selector(KubeObject budget) {
        return LabelSelector.from(budget.spec().object("selector"));
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var found = budgets.find(key.namespace(), key.name());
        if (found.isEmpty()) {
            return Outcome.done();
        }
        var budget = found.get();
        var chosen = budget.spec().has("selector")
                ? Labelled.chosen(pods, budget.namespace(), selector(budget)) : List.<KubeObject>of();
        if (chosen.isEmpty()) {
            events.normal(budget, "NoPods", "No matching pods found");
        }
        try {
            var plan = BudgetPlan.of(budget, chosen, expected(budget, chosen, api), now);
            plan.undeleted().forEach(pod -> events.warning(pod, "NotDeleted", "Pod was expected by PDB "
                    + budget.namespacedName() + " to be deleted but it wasn't"));
            write(budget, plan.status(), api);
            return plan.again().map(Outcome::again).orElse(Outcome.done()).resting(Pace.rest(chosen.size()));
        } catch (ScaleException e) {
            events.warning(budget, "CalculateExpectedPodCountFailed",
                    "Failed to calculate the number of expected pods: " + e.getMessage());
            write(budget, BudgetPlan.failed(budget, e.getMessage(), now), api);
            return Outcome.done();
        }
    }

    private long expected(KubeObject budget, List<KubeObject> chosen, KubeApi api) {
        if (!BudgetPlan.needsScale(budget.spec())) {
            return chosen.size();
        }
        var total = scales.of(chosen, api);
        if (total.unmanaged()) {
            events.warning(budget, "UnmanagedPods", "Pods selected by this PodDisruptionBudget (selector: "
                    + shown(budget.spec().object("selector")) + ") were found to be unmanaged. As a result, the status "
                    + "of the PDB cannot be calculated correctly, which may result in undefined behavior. To account "
                    + "for these pods please set \".spec.minAvailable\" field of the PDB to an integer value.");
        }
        return total.pods();
    }

    /** As upstream's messages show a selector. */
    private static String shown(JsonObject selector) {
        String labels = selector.object("matchLabels").texts().entrySet().stream().sorted(Map.Entry.comparingByKey())
                .map(label -> label.getKey() + ": " + label.getValue() + ",").collect(Collectors.joining());
        String expressions = selector.array("matchExpressions").objects().stream()
                .map(e -> "LabelSelectorRequirement{Key:" + e.text("key") + ",Operator:" + e.text("operator")
                        + ",Values:[" + String.join(" ", e.array("values").texts()) + "],},")
                .collect(Collectors.joining());
        return "&LabelSelector{MatchLabels:map[string]string{" + labels
                + "},MatchExpressions:[]LabelSelectorRequirement{" + expressions + "},}";
    }

    private static void write(KubeObject budget, JsonObject status, KubeApi api) {
        var change = Change.between(budget.status(), status);
        if (!change.isEmpty()) {
            api.patch(budget.key(Kinds.POD_DISRUPTION_BUDGETS).sub("status"), new Patch.Merge(JsonObject.of("status",
                    change, "metadata", JsonObject.of("resourceVersion", budget.resourceVersion()))));
        }
    }
}
