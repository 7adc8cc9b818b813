package dev.starling.apiserver.kinds;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;

/** What subresources answer that have no object to show. */
final class Answers {
    /** A {@code Status} that tells of success. */
    static final KubeObject SUCCESS = KubeObject.of(JsonObject.of("kind", "Status", "apiVersion", "v1",
            "metadata", JsonObject.EMPTY, "status", "Success"));

    private Answers() {
    }
}
