package dev.starling.control.daemonset;

import dev.starling.control.scheduler.NodeFit.Verdict;
import dev.starling.control.workload.Pods;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.List;

/** What a DaemonSet says of itself: of each node the first pod counts. Pure. */
final class DaemonSetStatus {
    private static final List<String> OMITTED_WHEN_ZERO = List.of("observedGeneration", "updatedNumberScheduled",
            "numberAvailable", "numberUnavailable", "collisionCount");

    private DaemonSetStatus() {
    }

    static JsonObject of(Image image, long collisions) {
        var firsts = image.fits().entrySet().stream().filter(node -> node.getValue() == Verdict.FITS)
                .flatMap(node -> image.on(node.getKey()).stream().limit(1)).toList();
        long misscheduled = image.fits().entrySet().stream()
                .filter(node -> node.getValue() != Verdict.FITS && !image.on(node.getKey()).isEmpty()).count();
        long available = firsts.stream().filter(image::available).count();
        var status = JsonObject.builder().putAll(image.set().status())
                .put("currentNumberScheduled", firsts.size()).put("numberMisscheduled", misscheduled)
                .put("desiredNumberScheduled", image.wanted())
                .put("numberReady", firsts.stream().filter(Pods::ready).count())
                .put("observedGeneration", image.set().generation())
                .put("updatedNumberScheduled", updated(image, firsts)).put("numberAvailable", available)
                .put("numberUnavailable", image.wanted() - available).put("collisionCount", collisions).build();
        for (String name : OMITTED_WHEN_ZERO) {
            status = status.at(name).number(0) == 0 ? status.without(name) : status;
        }
        return status;
    }

    private static long updated(Image image, List<KubeObject> pods) {
        return pods.stream().filter(image::updated).count();
    }
}
