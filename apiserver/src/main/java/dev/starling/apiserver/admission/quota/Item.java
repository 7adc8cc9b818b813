package dev.starling.apiserver.admission.quota;

import dev.starling.apiserver.admission.amount.Amounts;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Optional;

/** One object as quotas see it. */
record Item(Amounts charge, Optional<Scope.Traits> pod) {
    static final Item NOTHING = new Item(Amounts.NONE, Optional.empty());

    static Item of(Counted counted, KubeObject object) {
        return new Item(ObjectUsage.of(counted, object),
                counted.equals(Counted.PODS) ? Optional.of(Scope.Traits.of(object)) : Optional.empty());
    }

    /** What it takes from a quota with these scopes; only pods have any. */
    Amounts within(List<Scope> scopes) {
        return scopes.stream().allMatch(scope -> pod.filter(scope::holds).isPresent()) ? charge : Amounts.NONE;
    }
}
