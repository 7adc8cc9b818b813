package dev.starling.apiserver.http;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonWriter;
import java.nio.charset.StandardCharsets;

/** Refusals as bytes. */
final class KubeStatus {

    private KubeStatus() {
    }

    /** What is no request of HTTP; the codes are those of HTTP, and may have no reason in Kubernetes. */
    static byte[] malformed(int code) {
        var reason = ApiException.Reason.of("", code);
        var status = new ApiException(reason, "the request is malformed").status()
                .with("code", new JsonLong(code));
        return text(reason.code() == code ? status : status.without("reason"));
    }

    static byte[] bytes(ApiException refusal) {
        return text(refusal.status());
    }

    private static byte[] text(JsonObject status) {
        return (JsonWriter.text(status) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
