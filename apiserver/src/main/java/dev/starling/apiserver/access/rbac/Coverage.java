package dev.starling.apiserver.access.rbac;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;

/** Whether some rules allow all that others do. Pure. */
final class Coverage {
    private Coverage() {
    }

    /** What the second rules allow and the first do not, taken apart to single verbs and resources. */
    static List<PolicyRule> missing(List<PolicyRule> held, List<PolicyRule> wanted) {
        return wanted.stream().flatMap(Coverage::parts)
                .filter(part -> held.stream().noneMatch(rule -> covers(rule, part))).toList();
    }

    private static Stream<PolicyRule> parts(PolicyRule rule) {
        var parts = new ArrayList<PolicyRule>();
        for (String verb : rule.verbs()) {
            var verbs = List.of(verb);
            for (String group : rule.groups()) {
                rule.resources().forEach(resource -> named(rule.names()).forEach(name ->
                        parts.add(new PolicyRule(verbs, List.of(group), List.of(resource), name, List.of()))));
            }
            rule.paths().forEach(path ->
                    parts.add(new PolicyRule(verbs, List.of(), List.of(), List.of(), List.of(path))));
        }
        return parts.stream();
    }

    private static List<List<String>> named(List<String> names) {
        return names.isEmpty() ? List.of(List.of()) : names.stream().map(List::of).toList();
    }

    private static boolean covers(PolicyRule rule, PolicyRule part) {
        return all(rule.verbs(), part.verbs()) && all(rule.groups(), part.groups())
                && resources(rule.resources(), part.resources())
                && (part.names().isEmpty() ? rule.names().isEmpty()
                        : rule.names().isEmpty() || rule.names().containsAll(part.names()))
                && part.paths().stream().allMatch(path -> rule.paths().stream()
                        .anyMatch(held -> held.equals(path) || PolicyRule.coversPath(held, path)));
    }

    private static boolean all(List<String> held, List<String> wanted) {
        return held.contains(PolicyRule.ALL) || held.containsAll(wanted);
    }

    private static boolean resources(List<String> held, List<String> wanted) {
        return held.contains(PolicyRule.ALL) || wanted.stream().allMatch(resource -> held.contains(resource)
                || resource.contains("/") && held.contains("*" + resource.substring(resource.indexOf('/'))));
    }

    /** As texts, sorted, where rules for one resource that differ in their verbs alone are one. */
    static List<String> described(List<PolicyRule> rules) {
        var simple = new LinkedHashMap<List<String>, PolicyRule>();
        var others = new ArrayList<PolicyRule>();
        for (var rule : rules) {
            if (rule.names().isEmpty() && rule.paths().isEmpty()) {
                simple.merge(List.of(rule.groups().getFirst(), rule.resources().getFirst()), rule, Coverage::joined);
            } else {
                others.add(rule);
            }
        }
        return Stream.concat(others.stream(), simple.values().stream()).map(PolicyRule::toString).sorted().distinct()
                .toList();
    }

    private static PolicyRule joined(PolicyRule rule, PolicyRule other) {
        var verbs = Stream.concat(rule.verbs().stream(), other.verbs().stream()).toList();
        return new PolicyRule(verbs, rule.groups(), rule.resources(), List.of(), List.of());
    }
}
