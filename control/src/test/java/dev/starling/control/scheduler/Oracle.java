package dev.starling.control.scheduler;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Says what may run where, written from the documentation of Kubernetes alone: slow, plain, and without any code of the
 * scheduler. It looks at every pod and every node for each question.
 */
final class Oracle {
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

    final Map<String, KubeObject> nodes = new TreeMap<>();
    final Map<String, KubeObject> placed = new TreeMap<>();
    final Map<String, Map<String, String>> namespaces = new HashMap<>();

    boolean allows(KubeObject pod, KubeObject node) {
        return !(node.spec().flag("unschedulable") && !tolerates(pod, "node.kubernetes.io/unschedulable", "",
                "NoSchedule")) && taintsAllow(pod, node) && affinityAllows(pod, node) && roomAllows(pod, node)
                && portsAllow(pod, node) && spreadAllows(pod, node) && companyAllows(pod, node)
                && othersAllow(pod, node);
    }

    boolean anywhere(KubeObject pod) {
        return nodes.values().stream().anyMatch(node -> allows(pod, node));
    }

    private List<KubeObject> on(KubeObject node) {
        return placed.values().stream().filter(pod -> nodeOf(pod).equals(node.name())).toList();
    }

    private static String nodeOf(KubeObject pod) {
        return pod.spec().text("nodeName");
    }

    // ---- taints

    private static boolean taintsAllow(KubeObject pod, KubeObject node) {
        return node.spec().array("taints").objects().stream().filter(t -> !t.text("effect").equals("PreferNoSchedule"))
                .allMatch(t -> tolerates(pod, t.text("key"), t.text("value"), t.text("effect")));
    }

    private static boolean tolerates(KubeObject pod, String key, String value, String effect) {
        for (var t : pod.spec().array("tolerations").objects()) {
            boolean sameEffect = !t.has("effect") || t.text("effect").equals(effect);
            boolean exists = t.text("operator").equals("Exists");
            boolean sameKey = t.text("key").isEmpty() ? exists : t.text("key").equals(key);
            if (sameEffect && sameKey && (exists || t.text("value").equals(value))) {
                return true;
            }
        }
        return false;
    }

    // ---- node affinity

    static boolean affinityAllows(KubeObject pod, KubeObject node) {
        for (var wanted : pod.spec().object("nodeSelector").texts().entrySet()) {
            if (!wanted.getValue().equals(node.labels().get(wanted.getKey()))) {
                return false;
            }
        }
        var required = pod.spec().object("affinity", "nodeAffinity").at(REQUIRED);
        return required.isNull() || required.object().array("nodeSelectorTerms").objects().stream()
                .anyMatch(term -> termMatches(term, node));
    }

    private static boolean termMatches(JsonObject term, KubeObject node) {
        if (term.array("matchExpressions").isEmpty() && term.array("matchFields").isEmpty()) {
            return false;
        }
        return term.array("matchExpressions").objects().stream().allMatch(e -> holds(e, node.labels()))
                && term.array("matchFields").objects().stream()
                .allMatch(e -> holds(e, Map.of("metadata.name", node.name())));
    }

    private static boolean holds(JsonObject expression, Map<String, String> labels) {
        String key = expression.text("key");
        boolean has = labels.containsKey(key);
        var values = expression.array("values").texts();
        return switch (expression.text("operator")) {
            case "In" -> has && values.contains(labels.get(key));
            case "NotIn" -> !has || !values.contains(labels.get(key));
            case "Exists" -> has;
            case "DoesNotExist" -> !has;
            case "Gt" -> has && Long.parseLong(labels.get(key)) > Long.parseLong(values.getFirst());
            case "Lt" -> has && Long.parseLong(labels.get(key)) < Long.parseLong(values.getFirst());
            default -> throw new IllegalArgumentException(expression.toString());
        };
    }

    // ---- room

    private boolean roomAllows(KubeObject pod, KubeObject node) {
        var left = new HashMap<String, Long>();
        node.status().object("allocatable").forEach((name, value) -> left.put(name, amount(name, value.text())));
        on(node).forEach(other -> asks(other).forEach((name, amount) -> left.merge(name, -amount, Long::sum)));
        return asks(pod).entrySet().stream()
                .allMatch(ask -> ask.getValue() == 0 || ask.getValue() <= left.getOrDefault(ask.getKey(), 0L));
    }

    /** The larger of all that runs together and of the greediest step of the beginning; then what comes on top. */
    private static Map<String, Long> asks(KubeObject pod) {
        var together = new HashMap<String, Long>();
        var greediest = new HashMap<String, Long>();
        var sidecars = new HashMap<String, Long>();
        for (var init : pod.spec().array("initContainers").objects()) {
            var step = new HashMap<>(sidecars);
            add(step, init.object("resources", "requests"));
            step.forEach((name, amount) -> greediest.merge(name, amount, Math::max));
            if (init.text("restartPolicy").equals("Always")) {
                sidecars.clear();
                sidecars.putAll(step);
            }
        }
        together.putAll(sidecars);
        pod.spec().array("containers").objects().forEach(c -> add(together, c.object("resources", "requests")));
        greediest.forEach((name, amount) -> together.merge(name, amount, Math::max));
        pod.spec().object("resources", "requests").forEach((name, value) ->
                together.put(name, amount(name, value.text())));
        add(together, pod.spec().object("overhead"));
        together.put("pods", 1L);
        return together;
    }

    private static void add(Map<String, Long> sum, JsonObject requests) {
        requests.forEach((name, value) -> sum.merge(name, amount(name, value.text()), Long::sum));
    }

    /** CPU in thousandths; the tests write whole numbers, {@code m} and {@code Mi} alone. */
    private static long amount(String name, String text) {
        long unit = name.equals("cpu") ? 1000 : 1;
        if (text.endsWith("Mi")) {
            return Long.parseLong(text.substring(0, text.length() - 2)) << 20;
        }
        return text.endsWith("m") ? Long.parseLong(text.substring(0, text.length() - 1)) : Long.parseLong(text) * unit;
    }

    // ---- ports

    private boolean portsAllow(KubeObject pod, KubeObject node) {
        var mine = ports(pod);
        return on(node).stream().flatMap(other -> ports(other).stream())
                .noneMatch(taken -> mine.stream().anyMatch(port -> meet(port, taken)));
    }

    private static boolean meet(List<String> port, List<String> taken) {
        boolean sameAddress = port.get(0).equals(taken.get(0)) || port.get(0).equals("0.0.0.0")
                || taken.get(0).equals("0.0.0.0");
        return sameAddress && port.get(1).equals(taken.get(1));
    }

    private static List<List<String>> ports(KubeObject pod) {
        var ports = new ArrayList<List<String>>();
        var running = new ArrayList<>(pod.spec().array("containers").objects());
        pod.spec().array("initContainers").objects().stream()
                .filter(init -> init.text("restartPolicy").equals("Always")).forEach(running::add);
        for (var container : running) {
            for (var port : container.array("ports").objects()) {
                if (port.has("hostPort")) {
                    ports.add(List.of(port.has("hostIP") ? port.text("hostIP") : "0.0.0.0",
                            port.at("hostPort") + (port.has("protocol") ? port.text("protocol") : "TCP")));
                }
            }
        }
        return ports;
    }

    // ---- pods near pods

    /** Whether a term of one pod, in its namespace, is about another pod. */
    boolean about(JsonObject term, KubeObject owner, KubeObject other) {
        boolean named = term.array("namespaces").texts().contains(other.namespace());
        boolean alike = term.has("namespaceSelector") && selects(term.object("namespaceSelector"),
                namespaces.getOrDefault(other.namespace(), Map.of()));
        boolean own = term.array("namespaces").isEmpty() && !term.has("namespaceSelector")
                && owner.namespace().equals(other.namespace());
        return (named || alike || own) && term.has("labelSelector")
                && selects(term.object("labelSelector"), other.labels()) && likeness(term, owner, other);
    }

    private static boolean likeness(JsonObject term, KubeObject owner, KubeObject other) {
        for (String key : term.array("matchLabelKeys").texts()) {
            if (owner.labels().containsKey(key) && !owner.labels().get(key).equals(other.labels().get(key))) {
                return false;
            }
        }
        for (String key : term.array("mismatchLabelKeys").texts()) {
            if (owner.labels().containsKey(key) && owner.labels().get(key).equals(other.labels().get(key))) {
                return false;
            }
        }
        return true;
    }

    private static boolean selects(JsonObject selector, Map<String, String> labels) {
        for (var wanted : selector.object("matchLabels").texts().entrySet()) {
            if (!wanted.getValue().equals(labels.get(wanted.getKey()))) {
                return false;
            }
        }
        return selector.array("matchExpressions").objects().stream().allMatch(e -> holds(e, labels));
    }

    private boolean near(KubeObject pod, KubeObject node, String topology) {
        var other = nodes.get(nodeOf(pod));
        return other != null && node.labels().containsKey(topology)
                && node.labels().get(topology).equals(other.labels().get(topology));
    }

    private boolean companyAllows(KubeObject pod, KubeObject node) {
        var terms = pod.spec().object("affinity", "podAffinity").array(REQUIRED).objects();
        var wanted = placed.values().stream().filter(other -> terms.stream().allMatch(t -> about(t, pod, other)))
                .toList();
        boolean none = terms.stream().noneMatch(term -> wanted.stream().anyMatch(other -> hasLabel(other, term)));
        boolean first = none && terms.stream().allMatch(term -> about(term, pod, pod));
        for (var term : terms) {
            String topology = term.text("topologyKey");
            if (!node.labels().containsKey(topology)
                    || !first && wanted.stream().noneMatch(other -> near(other, node, topology))) {
                return false;
            }
        }
        return pod.spec().object("affinity", "podAntiAffinity").array(REQUIRED).objects().stream()
                .allMatch(term -> placed.values().stream().noneMatch(other ->
                        about(term, pod, other) && near(other, node, term.text("topologyKey"))));
    }

    private boolean hasLabel(KubeObject pod, JsonObject term) {
        var node = nodes.get(nodeOf(pod));
        return node != null && node.labels().containsKey(term.text("topologyKey"));
    }

    private boolean othersAllow(KubeObject pod, KubeObject node) {
        for (var other : placed.values()) {
            for (var term : other.spec().object("affinity", "podAntiAffinity").array(REQUIRED).objects()) {
                if (about(term, other, pod) && near(other, node, term.text("topologyKey"))) {
                    return false;
                }
            }
        }
        return true;
    }

    // ---- spreading

    private boolean spreadAllows(KubeObject pod, KubeObject node) {
        var required = pod.spec().array("topologySpreadConstraints").objects().stream()
                .filter(c -> c.text("whenUnsatisfiable").equals("DoNotSchedule")).toList();
        var keys = new HashSet<String>();
        required.forEach(c -> keys.add(c.text("topologyKey")));
        for (var constraint : required) {
            String key = constraint.text("topologyKey");
            if (!node.labels().containsKey(key)) {
                return false;
            }
            var counts = spread(constraint, pod, keys);
            boolean enough = counts.size() >= constraint.at("minDomains").number(1);
            long least = enough ? counts.values().stream().mapToLong(n -> n).min().orElse(0) : 0;
            long self = counted(constraint, pod, pod) ? 1 : 0;
            if (counts.getOrDefault(node.labels().get(key), 0L) + self - least > constraint.at("maxSkew").number(1)) {
                return false;
            }
        }
        return true;
    }

    /** Pods by domain, for each domain of which a node takes part. */
    private Map<String, Long> spread(JsonObject constraint, KubeObject pod, Set<String> keys) {
        var counts = new HashMap<String, Long>();
        for (var node : nodes.values()) {
            boolean part = node.labels().keySet().containsAll(keys)
                    && (constraint.text("nodeAffinityPolicy").equals("Ignore") || affinityAllows(pod, node))
                    && (!constraint.text("nodeTaintsPolicy").equals("Honor") || taintsAllow(pod, node));
            if (part) {
                long here = on(node).stream().filter(other -> !other.deleting() && counted(constraint, pod, other))
                        .count();
                counts.merge(node.labels().get(constraint.text("topologyKey")), here, Long::sum);
            }
        }
        return counts;
    }

    private static boolean counted(JsonObject constraint, KubeObject pod, KubeObject other) {
        return pod.namespace().equals(other.namespace()) && constraint.has("labelSelector")
                && selects(constraint.object("labelSelector"), other.labels()) && likeness(constraint, pod, other);
    }

    // ---- wishes, in thousandths of weight, as docs/scheduling.md defines them

    long wishes(KubeObject pod, KubeObject node) {
        long sum = -100_000 * node.spec().array("taints").objects().stream()
                .filter(t -> t.text("effect").equals("PreferNoSchedule"))
                .filter(t -> !tolerates(pod, t.text("key"), t.text("value"), t.text("effect"))).count();
        for (var wish : pod.spec().object("affinity", "nodeAffinity").array(PREFERRED).objects()) {
            sum += termMatches(wish.object("preference"), node) ? 1000 * wish.at("weight").number(0) : 0;
        }
        return sum + own(pod, node, "podAffinity", 1) + own(pod, node, "podAntiAffinity", -1) + others(pod, node)
                + softSpread(pod, node);
    }

    private long own(KubeObject pod, KubeObject node, String side, long sign) {
        long sum = 0;
        for (var wish : pod.spec().object("affinity", side).array(PREFERRED).objects()) {
            var term = wish.object("podAffinityTerm");
            long near = placed.values().stream().filter(other -> about(term, pod, other)
                    && near(other, node, term.text("topologyKey"))).count();
            sum += 1000 * sign * wish.at("weight").number(0) * near / (near + 1);
        }
        return sum;
    }

    /** Pods that hold the same term count together, as one wish. */
    private long others(KubeObject pod, KubeObject node) {
        var near = new HashSet<List<Object>>();
        for (var other : placed.values()) {
            var affinity = other.spec().object("affinity");
            affinity.object("podAffinity").array(REQUIRED).objects().forEach(t -> note(near, other, t, pod, 1L));
            affinity.object("podAffinity").array(PREFERRED).objects().forEach(w ->
                    note(near, other, w.object("podAffinityTerm"), pod, w.at("weight").number(0)));
            affinity.object("podAntiAffinity").array(PREFERRED).objects().forEach(w ->
                    note(near, other, w.object("podAffinityTerm"), pod, -w.at("weight").number(0)));
        }
        long sum = 0;
        for (var key : near) {
            var term = ((Json) key.get(0)).object();
            long weight = (Long) key.get(1);
            long here = placed.values().stream().filter(other -> holds(other, key)
                    && near(other, node, term.text("topologyKey"))).mapToLong(other -> times(other, key)).sum();
            sum += 1000 * weight * here / (here + 1);
        }
        return sum;
    }

    private void note(Set<List<Object>> near, KubeObject owner, JsonObject term, KubeObject pod, long weight) {
        if (about(term, owner, pod)) {
            near.add(key(owner, term, weight));
        }
    }

    /** Two pods hold the same wish if it reads the same, and means the same namespaces and labels. */
    private static List<Object> key(KubeObject owner, JsonObject term, long weight) {
        boolean own = term.array("namespaces").isEmpty() && !term.has("namespaceSelector");
        boolean likened = term.has("matchLabelKeys") || term.has("mismatchLabelKeys");
        return List.of(term, weight, own ? owner.namespace() : "", likened ? owner.labels() : Map.of());
    }

    private boolean holds(KubeObject pod, List<Object> key) {
        return times(pod, key) > 0;
    }

    private long times(KubeObject pod, List<Object> key) {
        var affinity = pod.spec().object("affinity");
        var held = new ArrayList<List<Object>>();
        affinity.object("podAffinity").array(REQUIRED).objects().forEach(t -> held.add(key(pod, t, 1)));
        addWishes(held, pod, affinity.object("podAffinity").array(PREFERRED), 1);
        addWishes(held, pod, affinity.object("podAntiAffinity").array(PREFERRED), -1);
        return held.stream().filter(key::equals).count();
    }

    private static void addWishes(List<List<Object>> held, KubeObject pod, JsonArray wishes, long sign) {
        wishes.objects().forEach(w ->
                held.add(key(pod, w.object("podAffinityTerm"), sign * w.at("weight").number(0))));
    }

    private long softSpread(KubeObject pod, KubeObject node) {
        long sum = 0;
        for (var constraint : pod.spec().array("topologySpreadConstraints").objects()) {
            String key = constraint.text("topologyKey");
            if (!constraint.text("whenUnsatisfiable").equals("ScheduleAnyway")) {
                continue;
            }
            var counts = spread(constraint, pod, Set.of(key));
            long least = counts.values().stream().mapToLong(n -> n).min().orElse(0);
            long above = Math.max(0, counts.getOrDefault(node.labels().getOrDefault(key, ""), 0L) - least);
            sum -= node.labels().containsKey(key)
                    ? 100_000 * above / (above + constraint.at("maxSkew").number(1)) : 100_000;
        }
        return sum;
    }
}
