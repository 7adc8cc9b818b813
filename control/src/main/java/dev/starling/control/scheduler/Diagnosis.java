package dev.starling.control.scheduler;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Why no node takes a pod: what each node has against it, asked in the order in which upstream's scheduler asks, up to
 * the first answer.
 */
final class Diagnosis {
    /** How far a node is from taking the pod, by the first objection; the nearest is spoken of. */
    private static final Map<Objection.Kind, Integer> DISTANCE = Map.ofEntries(
            Map.entry(Objection.Kind.RESOURCE, 1),
            Map.entry(Objection.Kind.PORTS, 1), Map.entry(Objection.Kind.SPREAD, 2),
            Map.entry(Objection.Kind.ANTI_AFFINITY, 2), Map.entry(Objection.Kind.EXISTING_ANTI_AFFINITY, 2),
            Map.entry(Objection.Kind.POD_AFFINITY, 3), Map.entry(Objection.Kind.UNSCHEDULABLE, 4),
            Map.entry(Objection.Kind.TAINT, 5), Map.entry(Objection.Kind.NO_PROFILE, 6),
            Map.entry(Objection.Kind.NODE_AFFINITY, 7), Map.entry(Objection.Kind.SPREAD_LABEL, 7),
            Map.entry(Objection.Kind.VOLUME, 8), Map.entry(Objection.Kind.NEVER_ENOUGH, 9));

    private final PodFacts pod;
    private final Constraints constraints;
    private final ClusterImage image;
    private final Map<NodeSlot, List<Objection>> objections = new LinkedHashMap<>();
    private final Map<Objection, Integer> counts = new LinkedHashMap<>();

    private Diagnosis(PodFacts pod, Constraints constraints, ClusterImage image) {
        this.pod = pod;
        this.constraints = constraints;
        this.image = image;
    }

    static Diagnosis of(PodFacts pod, Constraints constraints, ClusterImage image) {
        var diagnosis = new Diagnosis(pod, constraints, image);
        for (var node : image.nodes()) {
            if (node.present()) {
                var first = diagnosis.first(node);
                diagnosis.objections.put(node, first);
                first.forEach(objection -> diagnosis.counts.merge(objection, 1, Integer::sum));
            }
        }
        return diagnosis;
    }

    /** What one node has against a pod just now. */
    static List<Objection> objections(PodFacts pod, ClusterImage image, NodeSlot node) {
        return new Diagnosis(pod, Constraints.of(pod, image), image).first(node);
    }

    /** The answers of the first that has something against a node; only resources give several. */
    private List<Objection> first(NodeSlot node) {
        var fixed = pod.needs().objection(node.facts());
        if (fixed.isPresent()) {
            return List.of(fixed.get());
        }
        if (!node.portsFree(pod.ask().ports())) {
            return List.of(Objection.PORTS);
        }
        var lacking = lacking(node);
        if (!lacking.isEmpty()) {
            return lacking;
        }
        var volume = pod.needs().volumeObjection(node.facts());
        return volume.isPresent() ? List.of(volume.get()) : broken(node).stream().limit(1).toList();
    }

    private List<Objection> all(NodeSlot node) {
        var all = new ArrayList<Objection>();
        pod.needs().objection(node.facts()).ifPresent(all::add);
        if (!node.portsFree(pod.ask().ports())) {
            all.add(Objection.PORTS);
        }
        all.addAll(lacking(node));
        pod.needs().volumeObjection(node.facts()).ifPresent(all::add);
        all.addAll(broken(node));
        return all.stream().distinct().toList();
    }

    private List<Objection> lacking(NodeSlot node) {
        long[] kept = node.keptFrom(pod);
        long[] amounts = pod.demand().amounts();
        var lacking = new ArrayList<Objection>(0);
        for (int i = 0; i < amounts.length; i++) {
            long spare = node.free(i) - (i < kept.length ? kept[i] : 0);
            if (amounts[i] > 0 && amounts[i] > spare) {
                lacking.add(Objection.lacking(image.dimensions().name(i),
                        amounts[i] <= node.facts().allocatable(i)));
            }
        }
        pod.demand().unoffered().forEach(name -> lacking.add(Objection.lacking(name, false)));
        return lacking;
    }

    private List<Objection> broken(NodeSlot node) {
        return constraints.rules().stream().filter(rule -> !rule.admits(rule.tally().topology().domain(node.place())))
                .map(rule -> rule.tally().topology().domain(node.place()) == Topology.NONE ? rule.homeless()
                        : rule.objection()).toList();
    }

    /** The nodes on which pods that go away might help. */
    List<NodeSlot> preemptible() {
        return objections.entrySet().stream()
                .filter(entry -> entry.getValue().stream().allMatch(o -> o.kind().preemptible()))
                .map(Map.Entry::getKey).toList();
    }

    Set<Objection.Kind> causes() {
        var causes = EnumSet.noneOf(Objection.Kind.class);
        objections.values().forEach(list -> list.forEach(objection -> causes.add(objection.kind())));
        return causes;
    }

    /** What upstream says: all reasons with counts. */
    String reasons() {
        if (image.present() == 0) {
            return "no nodes available to schedule pods";
        }
        var texts = new TreeMap<String, Integer>();
        counts.forEach((objection, count) -> texts.merge(objection.text(), count, Integer::sum));
        return "0/" + image.present() + " nodes are available: " + texts.entrySet().stream()
                .map(e -> e.getKey().equals(Objection.NO_PROFILE.text()) ? noProfile()
                        : e.getValue() + " " + e.getKey()).sorted().collect(Collectors.joining(", ")) + ".";
    }

    private String noProfile() {
        var labels = pod.who().labels();
        String shown = labels.isEmpty() ? "no labels" : "labels " + new TreeMap<>(labels).entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue()).collect(Collectors.joining(","));
        String namespace = pod.who().namespace();
        String name = labels.getOrDefault(ProfileSelection.LABEL, "fp-" + namespace);
        return Objection.NO_PROFILE.text() + " (namespace \"" + namespace + "\", " + shown + "); make one with: "
                + "starling create fargateprofile --name " + name + " --namespace " + namespace;
    }

    /** One sentence: what would make it fit on the node that is nearest to taking it; empty if nothing is to say. */
    String remedy() {
        return nearest().map(this::remedy).orElse("");
    }

    private String remedy(NodeSlot node) {
        var remedies = new Remedies(pod, node, image.dimensions());
        var all = all(node);
        if (all.contains(Objection.NO_PROFILE)) {
            return ""; // the reason says it
        }
        var text = all.stream().map(remedies::of).distinct().collect(Collectors.joining(" and "));
        return " It would fit on node \"" + node.name() + "\" if " + text + ".";
    }

    private Optional<NodeSlot> nearest() {
        Optional<NodeSlot> nearest = Optional.empty();
        long least = Long.MAX_VALUE;
        for (var entry : objections.entrySet()) {
            long distance = 0;
            for (var objection : entry.getValue()) {
                distance += 1000L * DISTANCE.get(objection.kind()) + shortage(objection, entry.getKey());
            }
            if (!entry.getValue().isEmpty() && distance < least) {
                least = distance;
                nearest = Optional.of(entry.getKey());
            }
        }
        return nearest;
    }

    /** In thousandths of what the pod asks. */
    private long shortage(Objection objection, NodeSlot node) {
        for (int i = 0; i < pod.demand().amounts().length; i++) {
            if (image.dimensions().name(i).equals(objection.resource())) {
                long asked = pod.demand().amount(i);
                return (long) Math.clamp(999.0 * (asked - node.free(i)) / asked, 0.0, 999.0);
            }
        }
        return 0;
    }
}
