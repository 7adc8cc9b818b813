package dev.starling.apiserver.admission.quota;

import dev.starling.apiserver.admission.amount.Amounts;
import dev.starling.apiserver.registry.ObjectReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a ResourceQuota asks for. */
record Quota(String name, Amounts hard, List<Scope> scopes) {

    static Quota of(KubeObject object) {
        return new Quota(object.name(), Amounts.of(object.spec().object("hard")), Scope.of(object.spec()));
    }

    static List<Quota> in(String namespace, ObjectReader reader) {
        return reader.all(Kinds.RESOURCE_QUOTAS, namespace).stream().map(Quota::of).toList();
    }

    /** Whose objects it counts. */
    Set<Counted> counts() {
        return hard.each().keySet().stream().map(Counted::users).flatMap(Optional::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Its limits on some objects. */
    Amounts hardOn(Counted counted) {
        return hard.only(name -> Counted.users(name).filter(counted::equals).isPresent());
    }
}
