package dev.starling.control.scheduler;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Nodes, namespaces and pods from a seed, small enough to collide often. */
final class RandomCluster {
    private static final List<String> TOPOLOGIES = List.of("zone", "rack", "kubernetes.io/hostname");
    private static final List<String> EFFECTS = List.of("NoSchedule", "NoExecute", "PreferNoSchedule");
    private final Random random;
    private int pods;

    RandomCluster(long seed) {
        random = new Random(seed);
    }

    int upTo(int most) {
        return random.nextInt(most + 1);
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    KubeObject namespace(String name) {
        return KubeObject.of(JsonObject.of("kind", "Namespace", "metadata", JsonObject.of("name", name, "labels",
                chance(70) ? JsonObject.of("team", one(List.of("red", "blue"))) : JsonObject.EMPTY)));
    }

    KubeObject node(String name) {
        var labels = JsonObject.builder().put("kubernetes.io/hostname", name);
        if (chance(90)) {
            labels.put("zone", "z" + upTo(2));
        }
        if (chance(80)) {
            labels.put("rack", "r" + upTo(4));
        }
        if (chance(60)) {
            labels.put("disk", one(List.of("ssd", "hdd")));
        }
        if (chance(50)) {
            labels.put("size", String.valueOf(upTo(5)));
        }
        var spec = JsonObject.builder();
        if (chance(10)) {
            spec.put("unschedulable", true);
        }
        if (chance(35)) {
            spec.put("taints", JsonArray.of(List.of(taint())));
        }
        var allocatable = JsonObject.builder().put("cpu", String.valueOf(1 + upTo(3)))
                .put("memory", (1 + upTo(3)) * 1024 + "Mi").put("pods", String.valueOf(2 + upTo(6)));
        if (chance(30)) {
            allocatable.put("example.com/gpu", String.valueOf(upTo(2)));
        }
        return KubeObject.of(JsonObject.of("kind", "Node", "metadata",
                JsonObject.of("name", name, "labels", labels.build()), "spec", spec.build(), "status",
                JsonObject.of("allocatable", allocatable.build())));
    }

    private JsonObject taint() {
        return JsonObject.of("key", one(List.of("a", "b")), "value", one(List.of("", "x")), "effect", one(EFFECTS));
    }

    KubeObject pod() {
        String name = "p" + pods++;
        var spec = JsonObject.builder().put("containers", JsonArray.of(List.of(container())));
        if (chance(10)) {
            spec.put("initContainers", JsonArray.of(List.of(chance(50) ? container()
                    : container().with("restartPolicy", Json.of("Always")), container())));
        }
        if (chance(10)) {
            spec.put("overhead", JsonObject.of("cpu", "100m"));
        }
        if (chance(8)) {
            spec.put("resources", JsonObject.of("requests", JsonObject.of("cpu", upTo(20) + "00m")));
        }
        if (chance(15)) {
            spec.put("nodeSelector", JsonObject.of("disk", one(List.of("ssd", "hdd"))));
        }
        if (chance(30)) {
            spec.put("tolerations", JsonArray.of(List.of(toleration())));
        }
        var affinity = affinity();
        if (!affinity.isEmpty()) {
            spec.put("affinity", affinity);
        }
        if (chance(30)) {
            spec.put("topologySpreadConstraints", JsonArray.of(chance(70) ? List.of(spread())
                    : List.of(spread(), spread())));
        }
        if (chance(40)) {
            spec.put("priority", upTo(3));
        }
        return KubeObject.of(JsonObject.of("kind", "Pod", "metadata", JsonObject.of("namespace",
                one(List.of("x", "y", "z")), "name", name, "uid", "u-" + name, "labels", labels()), "spec",
                spec.build()));
    }

    private JsonObject labels() {
        var labels = JsonObject.builder();
        if (chance(85)) {
            labels.put("app", one(List.of("a", "b")));
        }
        if (chance(40)) {
            labels.put("hash", one(List.of("1", "2")));
        }
        return labels.build();
    }

    private JsonObject container() {
        var requests = JsonObject.builder();
        if (chance(70)) {
            requests.put("cpu", upTo(10) + "00m");
        }
        if (chance(60)) {
            requests.put("memory", upTo(900) + "Mi");
        }
        if (chance(6)) {
            requests.put(one(List.of("example.com/gpu", "example.com/none")), String.valueOf(upTo(1)));
        }
        var container = JsonObject.builder().put("resources", JsonObject.of("requests", requests.build()));
        if (chance(12)) {
            var port = JsonObject.builder().put("hostPort", 80 + upTo(1));
            if (chance(40)) {
                port.put("hostIP", "10.0.0." + upTo(1));
            }
            if (chance(30)) {
                port.put("protocol", "UDP");
            }
            container.put("ports", JsonArray.of(List.of(port.build())));
        }
        return container.build();
    }

    private JsonObject toleration() {
        var toleration = JsonObject.builder();
        if (chance(80)) {
            toleration.put("key", one(List.of("a", "b", "node.kubernetes.io/unschedulable")));
            if (chance(50)) {
                toleration.put("operator", "Exists");
            } else {
                toleration.put("value", one(List.of("", "x")));
            }
        } else {
            toleration.put("operator", "Exists");
        }
        if (chance(50)) {
            toleration.put("effect", one(EFFECTS));
        }
        return toleration.build();
    }

    private JsonObject affinity() {
        var affinity = JsonObject.builder();
        if (chance(20)) {
            affinity.put("nodeAffinity", nodeAffinity());
        }
        if (chance(22)) {
            affinity.put("podAffinity", podAffinity());
        }
        if (chance(22)) {
            affinity.put("podAntiAffinity", podAffinity());
        }
        return affinity.build();
    }

    private JsonObject nodeAffinity() {
        var node = JsonObject.builder();
        if (chance(60)) {
            node.put("requiredDuringSchedulingIgnoredDuringExecution", JsonObject.of("nodeSelectorTerms",
                    JsonArray.of(chance(60) ? List.of(nodeTerm()) : List.of(nodeTerm(), nodeTerm()))));
        }
        if (chance(60)) {
            node.put("preferredDuringSchedulingIgnoredDuringExecution", JsonArray.of(List.of(
                    JsonObject.of("weight", 1 + upTo(99), "preference", nodeTerm()))));
        }
        return node.build();
    }

    private JsonObject nodeTerm() {
        if (chance(20)) {
            return JsonObject.of("matchFields", List.of(JsonObject.of("key", "metadata.name", "operator",
                    one(List.of("In", "NotIn")), "values", List.of("n" + upTo(5)))));
        }
        return JsonObject.of("matchExpressions", List.of(switch (upTo(5)) {
            case 0 -> JsonObject.of("key", "disk", "operator", "Exists");
            case 1 -> JsonObject.of("key", "disk", "operator", "DoesNotExist");
            case 2 -> JsonObject.of("key", "size", "operator", one(List.of("Gt", "Lt")), "values", List.of("2"));
            case 3 -> JsonObject.of("key", "zone", "operator", "NotIn", "values", List.of("z0"));
            default -> JsonObject.of("key", "zone", "operator", "In", "values", List.of("z0", "z1"));
        }));
    }

    private JsonObject podAffinity() {
        var sides = JsonObject.builder();
        if (chance(60)) {
            sides.put("requiredDuringSchedulingIgnoredDuringExecution",
                    JsonArray.of(chance(75) ? List.of(podTerm()) : List.of(podTerm(), podTerm())));
        }
        if (chance(60)) {
            var wishes = new ArrayList<JsonObject>();
            for (int i = upTo(1); i >= 0; i--) {
                wishes.add(JsonObject.of("weight", 1 + upTo(99), "podAffinityTerm", podTerm()));
            }
            sides.put("preferredDuringSchedulingIgnoredDuringExecution", JsonArray.of(wishes));
        }
        return sides.build();
    }

    private JsonObject podTerm() {
        var term = JsonObject.builder().put("topologyKey", one(TOPOLOGIES)).put("labelSelector", selector());
        if (chance(25)) {
            term.put("namespaces", List.of(one(List.of("x", "y"))));
        }
        if (chance(25)) {
            term.put("namespaceSelector", chance(30) ? JsonObject.EMPTY
                    : JsonObject.of("matchLabels", JsonObject.of("team", one(List.of("red", "blue")))));
        }
        if (chance(15)) {
            term.put(one(List.of("matchLabelKeys", "mismatchLabelKeys")), List.of("hash"));
        }
        return term.build();
    }

    private JsonObject selector() {
        return switch (upTo(5)) {
            case 0 -> JsonObject.EMPTY;
            case 1 -> JsonObject.of("matchExpressions", List.of(JsonObject.of("key", "app", "operator", "Exists")));
            case 2 -> JsonObject.of("matchExpressions", List.of(
                    JsonObject.of("key", "app", "operator", "NotIn", "values", List.of("a"))));
            default -> JsonObject.of("matchLabels", JsonObject.of("app", one(List.of("a", "b"))));
        };
    }

    private JsonObject spread() {
        var spread = JsonObject.builder().put("topologyKey", one(TOPOLOGIES)).put("maxSkew", 1 + upTo(1))
                .put("whenUnsatisfiable", chance(65) ? "DoNotSchedule" : "ScheduleAnyway")
                .put("labelSelector", selector());
        if (chance(25)) {
            spread.put("minDomains", 1 + upTo(3));
        }
        if (chance(30)) {
            spread.put("nodeAffinityPolicy", one(List.of("Honor", "Ignore")));
        }
        if (chance(30)) {
            spread.put("nodeTaintsPolicy", one(List.of("Honor", "Ignore")));
        }
        if (chance(20)) {
            spread.put("matchLabelKeys", List.of("hash"));
        }
        return spread.build();
    }
}
