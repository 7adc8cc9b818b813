package dev.starling.control.scheduler;

import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How many pods PodDisruptionBudgets let go. Immutable. */
record Budgets(List<Budget> all) {
    static final Budgets NONE = new Budgets(List.of());

    /** @param going names of pods whose end is already counted */
    record Budget(String namespace, LabelSelector pods, long allowed, Set<String> going) {
        boolean covers(PodFacts pod) {
            return namespace.equals(pod.who().namespace()) && !pods.isAll() && pods.matches(pod.who().labels())
                    && !going.contains(pod.pod().name());
        }
    }

    static Budgets of(Collection<KubeObject> objects) {
        return new Budgets(objects.stream().filter(budget -> budget.spec().has("selector"))
                .map(budget -> new Budget(budget.namespace(), LabelSelector.from(budget.spec().object("selector")),
                        budget.status().at("disruptionsAllowed").number(0),
                        Set.copyOf(budget.status().object("disruptedPods").names()))).toList());
    }

    /** Those of these pods whose end breaks a budget, if all end in this order. */
    Set<PodFacts> broken(List<PodFacts> ending) {
        var left = all.stream().mapToLong(Budget::allowed).toArray();
        var broken = new HashSet<PodFacts>();
        for (var pod : ending) {
            for (int i = 0; i < left.length; i++) {
                if (all.get(i).covers(pod) && --left[i] < 0) {
                    broken.add(pod);
                }
            }
        }
        return broken;
    }
}
