package dev.starling.apiserver.http;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonWriter;

/** Refusals as bytes. */
final class KubeStatus {

    private KubeStatus() {
    }

    static byte[] bytes(ApiException refusal) {
        return (JsonWriter.text(refusal.status()) + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
