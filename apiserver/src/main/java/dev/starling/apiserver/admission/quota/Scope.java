package dev.starling.apiserver.admission.quota;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Which pods a quota counts (source: the scopes of Kubernetes' ResourceQuota). */
record Scope(String name, String operator, List<String> values) {
    Scope {
        values = List.copyOf(values);
    }

    static List<Scope> of(JsonObject quotaSpec) {
        var scopes = new ArrayList<Scope>();
        quotaSpec.array("scopes").texts().forEach(name -> scopes.add(new Scope(name, "Exists", List.of())));
        for (var wish : quotaSpec.array("scopeSelector", "matchExpressions").objects()) {
            scopes.add(new Scope(wish.text("scopeName"), wish.text("operator"), wish.array("values").texts()));
        }
        return List.copyOf(scopes);
    }

    /** What scopes ask about a pod. */
    record Traits(boolean terminating, boolean bestEffort, String priorityClass, boolean crossesNamespaces) {

        static Traits of(KubeObject pod) {
            return new Traits(pod.spec().at("activeDeadlineSeconds").number(-1) >= 0,
                    pod.status().text("qosClass").equals("BestEffort"), pod.spec().text("priorityClassName"),
                    crosses(pod.spec().object("affinity")));
        }

        private static boolean crosses(JsonObject affinity) {
            return Stream.of("podAffinity", "podAntiAffinity").map(affinity::object)
                    .flatMap(each -> Stream.concat(
                            each.array("requiredDuringSchedulingIgnoredDuringExecution").objects().stream(),
                            each.array("preferredDuringSchedulingIgnoredDuringExecution").objects().stream()
                                    .map(weighted -> weighted.object("podAffinityTerm"))))
                    .anyMatch(term -> !term.array("namespaces").isEmpty() || term.has("namespaceSelector"));
        }
    }

    boolean holds(Traits pod) {
        return switch (name) {
            case "Terminating" -> pod.terminating();
            case "NotTerminating" -> !pod.terminating();
            case "BestEffort" -> pod.bestEffort();
            case "NotBestEffort" -> !pod.bestEffort();
            case "PriorityClass" -> ofPriority(pod.priorityClass());
            case "CrossNamespacePodAffinity" -> pod.crossesNamespaces();
            default -> false;
        };
    }

    private boolean ofPriority(String priorityClass) {
        return switch (operator) {
            case "Exists" -> !priorityClass.isEmpty();
            case "DoesNotExist" -> priorityClass.isEmpty();
            case "In" -> !priorityClass.isEmpty() && values.contains(priorityClass);
            case "NotIn" -> !values.contains(priorityClass);
            default -> false;
        };
    }
}
