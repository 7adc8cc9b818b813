package dev.starling.apiserver.admission.security;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.stream.Stream;

/** Whether an update of a pod changes what it runs: only then it is checked again. */
final class PodChanges {
    private PodChanges() {
    }

    static boolean matter(KubeObject before, KubeObject after) {
        return Stream.of("containers", "initContainers")
                .anyMatch(list -> !images(before, list).equals(images(after, list)))
                || after.spec().array("ephemeralContainers").objects().stream().anyMatch(container ->
                        !before.spec().array("ephemeralContainers").objects().stream()
                                .map(PodChanges::named).toList().contains(named(container)));
    }

    private static List<String> images(KubeObject pod, String list) {
        return pod.spec().array(list).objects().stream().map(container -> container.text("image")).toList();
    }

    private static List<String> named(JsonObject container) {
        return List.of(container.text("name"), container.text("image"));
    }
}
