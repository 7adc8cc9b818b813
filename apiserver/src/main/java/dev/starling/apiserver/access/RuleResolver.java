package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.json.JsonObject;
import java.util.List;

/** Tells by which rules a user may do what he may, for {@code kubectl auth can-i --list}. */
@FunctionalInterface
public interface RuleResolver {
    /** Knows no rules. */
    RuleResolver NONE = (user, namespace) -> new Resolved(List.of(), List.of());

    /**
     * What was found.
     *
     * @param rules as {@code rbac.authorization.k8s.io} spells a PolicyRule
     * @param problems what could not be followed, such as a binding to a role that is not there
     */
    record Resolved(List<JsonObject> rules, List<String> problems) {
        public Resolved {
            rules = List.copyOf(rules);
            problems = List.copyOf(problems);
        }
    }

    /** The rules of the cluster and, unless it is empty, of a namespace. */
    Resolved resolve(Caller user, String namespace);
}
