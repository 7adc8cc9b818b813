package dev.starling.apiserver.access.rbac;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Roles whose rules are collected from other roles by their labels. Pure. */
final class Aggregation {
    private Aggregation() {
    }

    /** The roles with all rules collected, also through roles that collect themselves. */
    static List<KubeObject> complete(Collection<KubeObject> roles) {
        Map<String, KubeObject> byName = new HashMap<>();
        roles.forEach(role -> byName.put(role.name(), role));
        boolean changed = true;
        for (int round = 0; changed && round <= roles.size(); round++) {
            changed = false;
            for (var role : List.copyOf(byName.values())) {
                var collected = collected(role, byName.values());
                changed |= collected != role;
                byName.put(role.name(), collected);
            }
        }
        return roles.stream().map(role -> byName.get(role.name())).toList();
    }

    /** The role with the rules of all that it selects now; the same if it selects nothing or has them already. */
    private static KubeObject collected(KubeObject role, Collection<KubeObject> roles) {
        var selectors = role.tree().object("aggregationRule").array("clusterRoleSelectors").objects().stream()
                .map(LabelSelector::from).toList();
        if (selectors.isEmpty()) {
            return role;
        }
        var rules = new LinkedHashSet<Json>();
        for (var selector : selectors) {
            roles.stream().filter(other -> !other.name().equals(role.name()) && selector.matches(other.labels()))
                    .sorted(Comparator.comparing(KubeObject::name))
                    .forEach(other -> other.tree().array("rules").forEach(rules::add));
        }
        var all = JsonArray.of(new ArrayList<>(rules));
        return role.tree().array("rules").equals(all) ? role : role.with(all, "rules");
    }
}
