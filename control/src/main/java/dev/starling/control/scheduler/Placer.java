package dev.starling.control.scheduler;

import dev.starling.control.scheduler.ClusterImage.NodeImage;
import dev.starling.kube.object.Resources;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Decides on a batch of waiting pods: the important first, then the oldest; each sees what the ones before it take.
 * Pure: it changes neither the nodes nor the pods that it is given. Pods on virtual nodes need a Fargate profile.
 */
final class Placer {
    private final Map<String, NodeImage> nodes = new LinkedHashMap<>();
    private final ProfileSelection profiles;

    private Placer(Collection<NodeImage> nodes, ProfileSelection profiles) {
        nodes.forEach(node -> this.nodes.put(node.node().name(), node));
        this.profiles = profiles;
    }

    /** One decision for each pod. */
    static List<Decision> place(Collection<KubeObject> batch, Collection<NodeImage> nodes, ProfileSelection profiles) {
        var placer = new Placer(nodes, profiles);
        return batch.stream().sorted(Comparator
                .comparingLong((KubeObject pod) -> -pod.spec().at("priority").number(0))
                .thenComparing(pod -> pod.created().orElse(Instant.EPOCH))
                .thenComparing(KubeObject::namespacedName)).map(placer::decide).toList();
    }

    private Decision decide(KubeObject pod) {
        var request = Resources.ofPod(pod);
        var profile = profiles.select(pod);
        var refusals = new TreeMap<String, Integer>();
        var fitting = new ArrayList<NodeImage>();
        for (var node : nodes.values()) {
            var against = node.virtual() && profile.isEmpty()
                    ? List.of(NO_PROFILE) : objections(pod, request, node);
            against.forEach(objection -> refusals.merge(objection, 1, Integer::sum));
            if (against.isEmpty()) {
                fitting.add(node);
            }
        }
        var best = fitting.stream().min(Comparator.comparingLong((NodeImage node) -> -score(pod, request, node))
                .thenComparing(node -> node.node().name()));
        if (best.isEmpty()) {
            return new Decision.Refuse(pod, refusal(pod, refusals));
        }
        var chosen = best.get();
        String name = chosen.node().name();
        nodes.put(name, new NodeImage(chosen.node(), chosen.allocatable(), chosen.used().plus(request)));
        return new Decision.Bind(pod, name, chosen.virtual() ? profile : Optional.empty());
    }

    private static final String NO_PROFILE = "no Fargate profile selects this pod";

    /** Why a node can't take a pod, worded as upstream's scheduler does; empty if it can. */
    private static List<String> objections(KubeObject pod, Resources request, NodeImage image) {
        var node = image.node();
        if (node.spec().flag("unschedulable") && !Taints.toleratesUnschedulable(pod)) {
            return List.of("node(s) were unschedulable");
        }
        var taint = Taints.repelling(pod, node, image.virtual());
        if (taint.isPresent()) {
            return List.of("node(s) had untolerated taint {" + taint.get().text("key") + ": "
                    + taint.get().text("value") + "}");
        }
        if (!NodeAffinity.allows(pod, node)) {
            return List.of("node(s) didn't match Pod's node affinity/selector");
        }
        return request.exceeding(image.free()).stream()
                .map(name -> name.equals(Resources.PODS) ? "Too many pods" : "Insufficient " + name).toList();
    }

    /** Preferences first, then the node on which the largest share of CPU and memory stays free. */
    private static long score(KubeObject pod, Resources request, NodeImage image) {
        long wishes = NodeAffinity.preference(pod, image.node()) - 100 * Taints.discouraging(pod, image.node());
        var left = image.free().minus(request);
        return 1000 * wishes + share(left, image, Resources.CPU) + share(left, image, Resources.MEMORY);
    }

    private static long share(Resources left, NodeImage image, String name) {
        long all = image.allocatable().amount(name);
        return all == 0 ? 0 : Math.round(100.0 * left.amount(name) / all);
    }

    private String refusal(KubeObject pod, Map<String, Integer> refusals) {
        if (nodes.isEmpty()) {
            return "no nodes available to schedule pods";
        }
        String reasons = refusals.entrySet().stream().map(refusal -> refusal.getKey().equals(NO_PROFILE)
                ? noProfile(pod) : refusal.getValue() + " " + refusal.getKey()).sorted()
                .collect(Collectors.joining(", "));
        return "0/" + nodes.size() + " nodes are available: " + reasons + ".";
    }

    private static String noProfile(KubeObject pod) {
        var labels = new HashMap<>(pod.labels());
        var named = Optional.ofNullable(labels.get(ProfileSelection.LABEL));
        String shown = labels.isEmpty() ? "no labels" : "labels " + new TreeMap<>(labels).entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue()).collect(Collectors.joining(","));
        String name = named.orElse("fp-" + pod.namespace());
        return NO_PROFILE + " (namespace \"" + pod.namespace() + "\", " + shown + "); make one with: "
                + "starling create fargateprofile --name " + name + " --namespace " + pod.namespace();
    }
}
