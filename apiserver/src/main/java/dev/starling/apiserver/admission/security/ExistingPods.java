package dev.starling.apiserver.admission.security;

import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.OwnerReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the pods that are there already do against a standard that their namespace begins to enforce. */
final class ExistingPods {
    private static final int MOST_CHECKED = 3000;

    private ExistingPods() {
    }

    static List<String> warnings(String namespace, Standard standard, List<KubeObject> pods) {
        var offenders = new TreeMap<String, TreeSet<String>>();
        for (var pod : oneOfEachFirst(pods).stream().limit(MOST_CHECKED).toList()) {
            var violations = standard.violations(CheckedPod.of(pod.tree()));
            if (!violations.isEmpty()) {
                String reasons = violations.stream().map(Violation::reason).collect(Collectors.joining(", "));
                offenders.computeIfAbsent(reasons, missing -> new TreeSet<>()).add(pod.name());
            }
        }
        var warnings = new ArrayList<String>();
        if (pods.size() > MOST_CHECKED) {
            warnings.add("new PodSecurity enforce level only checked against the first " + MOST_CHECKED + " of "
                    + pods.size() + " existing pods");
        }
        if (!offenders.isEmpty()) {
            warnings.add("existing pods in namespace \"" + namespace + "\" violate the new PodSecurity enforce level \""
                    + standard + "\"");
        }
        offenders.entrySet().stream().map(each -> counted(each.getValue()) + ": " + each.getKey()).sorted()
                .forEach(warnings::add);
        return warnings;
    }

    private static String counted(TreeSet<String> pods) {
        int others = pods.size() - 1;
        return pods.first() + switch (others) {
            case 0 -> "";
            case 1 -> " (and 1 other pod)";
            default -> " (and " + others + " other pods)";
        };
    }

    /** Replicas of what is checked already come last. */
    private static List<KubeObject> oneOfEachFirst(List<KubeObject> pods) {
        var owners = new HashSet<String>();
        var first = new ArrayList<KubeObject>();
        var replicas = new ArrayList<KubeObject>();
        for (var pod : pods) {
            boolean fresh = pod.controller().map(OwnerReference::uid).map(owners::add).orElse(true);
            (fresh ? first : replicas).add(pod);
        }
        first.addAll(replicas);
        return first;
    }
}
