package dev.starling.apiserver.access.rbac;

import dev.starling.apiserver.access.Attributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rules of one role, found by what they are about, so that a question looks at few of them. Immutable. */
record CompiledRole(List<PolicyRule> rules, Map<String, List<PolicyRule>> byResource, List<PolicyRule> others) {

    /** Rules with a wildcard, and those on paths, are asked about everything. */
    static CompiledRole of(List<PolicyRule> rules) {
        var byResource = new HashMap<String, List<PolicyRule>>();
        var others = new ArrayList<PolicyRule>();
        for (var rule : rules) {
            if (rule.resources().isEmpty() || rule.resources().stream().anyMatch(name -> name.startsWith("*"))) {
                others.add(rule);
            } else {
                rule.resources().forEach(name -> byResource.computeIfAbsent(name, n -> new ArrayList<>()).add(rule));
            }
        }
        return new CompiledRole(List.copyOf(rules), Map.copyOf(byResource), List.copyOf(others));
    }

    boolean allows(Attributes wanted) {
        return any(others, wanted)
                || wanted.forResource() && any(byResource.getOrDefault(wanted.fullResource(), List.of()), wanted);
    }

    private static boolean any(List<PolicyRule> rules, Attributes wanted) {
        for (var rule : rules) {
            if (rule.allows(wanted)) {
                return true;
            }
        }
        return false;
    }
}
