package dev.starling.node.volume;

import dev.starling.kube.api.KubeApi;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.node.pod.PodView;
import java.time.Instant;
import java.util.List;

/** Tokens by the API's TokenRequest, bound to the pod. */
public final class TokenRequests implements Tokens {
    private final KubeApi api;

    public TokenRequests(KubeApi api) {
        this.api = api;
    }

    @Override
    public Token request(PodView pod, List<String> audiences, long seconds) {
        var bound = JsonObject.of("kind", "Pod", "apiVersion", "v1", "name", pod.name(), "uid", pod.uid());
        var spec = JsonObject.builder().put("expirationSeconds", seconds).put("boundObjectRef", bound)
                .put("audiences", JsonArray.strings(audiences)).build();
        var request = JsonObject.of("apiVersion", "authentication.k8s.io/v1", "kind", "TokenRequest",
                "metadata", JsonObject.EMPTY, "spec", spec);
        var answer = api.create(Kinds.SERVICE_ACCOUNTS.key(pod.namespace(), pod.serviceAccount()).sub("token"),
                KubeObject.of(request));
        return new Token(answer.status().text("token"),
                answer.time("status", "expirationTimestamp").orElse(Instant.EPOCH));
    }
}
