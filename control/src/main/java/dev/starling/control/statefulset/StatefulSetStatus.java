package dev.starling.control.statefulset;

import dev.starling.control.revision.History;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.List;

/** What a StatefulSet says of itself. Pure. */
final class StatefulSetStatus {
    private static final List<String> OMITTED_WHEN_ZERO =
            List.of("observedGeneration", "readyReplicas", "currentReplicas", "updatedReplicas");

    private StatefulSetStatus() {
    }

    static JsonObject of(Image image, Instant now) {
        var pods = image.pods().stream()
                .filter(pod -> Member.ordinal(image.set(), pod.name()).isPresent()).toList();
        long ready = pods.stream().filter(Image::running).count();
        long updated = made(pods, image.update());
        boolean complete = image.rolling() && List.of(updated, ready, (long) pods.size()).stream()
                .allMatch(count -> count == image.replicas());
        var status = JsonObject.builder().putAll(image.set().status())
                .put("observedGeneration", image.set().generation()).put("replicas", pods.size())
                .put("readyReplicas", ready)
                .put("currentReplicas", complete ? updated : made(pods, image.current()))
                .put("updatedReplicas", updated)
                .put("currentRevision", (complete ? image.update() : image.current()).name())
                .put("updateRevision", image.update().name()).put("collisionCount", image.collisions())
                .put("availableReplicas", pods.stream().filter(pod -> image.available(pod, now)).count()).build();
        for (String name : OMITTED_WHEN_ZERO) {
            status = status.at(name).number(0) == 0 ? status.without(name) : status;
        }
        return status;
    }

    private static long made(List<KubeObject> pods, KubeObject revision) {
        return pods.stream().filter(pod -> !pod.deleting()
                && revision.name().equals(pod.labels().get(History.HASH))).count();
    }
}
