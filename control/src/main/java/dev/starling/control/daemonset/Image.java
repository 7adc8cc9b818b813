package dev.starling.control.daemonset;

import dev.starling.control.revision.History;
import dev.starling.control.scheduler.NodeFit.Verdict;
import dev.starling.control.workload.IntOrPercent;
import dev.starling.control.workload.Pods;
import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A DaemonSet, the nodes and its pods at one moment.
 *
 * @param fits how each node stands to the set, by name
 * @param pods those that the set owns, by node, each node's first one first; without those that ended and go, and
 *        without those that are meant for no node
 * @param hash of the present template's revision
 */
record Image(KubeObject set, Map<String, Verdict> fits, Map<String, List<KubeObject>> pods, String hash,
        Instant now) {
    private static final Comparator<KubeObject> FIRST = Comparator.comparing((KubeObject pod) ->
                    Pods.node(pod).isEmpty()).thenComparing(pod -> pod.created().orElse(Instant.MAX))
            .thenComparing(KubeObject::name);

    static Map<String, Verdict> fits(DaemonPods daemon, Iterable<KubeObject> nodes) {
        var fits = new TreeMap<String, Verdict>();
        nodes.forEach(node -> fits.put(node.name(), daemon.fit(node)));
        return fits;
    }

    static Map<String, List<KubeObject>> byNode(List<KubeObject> owned) {
        var pods = new TreeMap<String, List<KubeObject>>();
        owned.stream().filter(pod -> !pod.deleting() || !Pods.terminal(pod))
                .filter(pod -> !DaemonPods.target(pod).isEmpty()).sorted(FIRST).forEach(pod ->
                        pods.computeIfAbsent(DaemonPods.target(pod), node -> new ArrayList<>()).add(pod));
        return pods;
    }

    List<KubeObject> on(String node) {
        return pods.getOrDefault(node, List.of());
    }

    boolean updated(KubeObject pod) {
        return hash.equals(pod.labels().get(History.HASH));
    }

    boolean available(KubeObject pod) {
        return Pods.available(pod, minReady(), now);
    }

    Duration minReady() {
        return Duration.ofSeconds(set.spec().at("minReadySeconds").number(0));
    }

    int wanted() {
        return (int) fits.values().stream().filter(fit -> fit == Verdict.FITS).count();
    }

    boolean rolling() {
        return !set.spec().text("updateStrategy", "type").equals("OnDelete");
    }

    /** How many nodes may have a new pod beside the old one. */
    int maxSurge() {
        return rolling() ? share("maxSurge") : 0;
    }

    /** How many nodes may be without; one, if there may be none beside the old ones either. */
    int maxUnavailable() {
        int most = share("maxUnavailable");
        return most == 0 && maxSurge() == 0 ? 1 : most;
    }

    private int share(String field) {
        return IntOrPercent.of(set.spec().at("updateStrategy", "rollingUpdate", field), wanted(), true, 0);
    }
}
