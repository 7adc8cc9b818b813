package dev.starling.apiserver.admission.match;

import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.List;

/** What becomes of an object that a webhook or a policy has changed. Pure functions. */
public final class Changes {
    /** What nobody can change any more: by then the write has its place. */
    private static final List<String> FIXED = List.of("name", "namespace", "uid", "creationTimestamp",
            "resourceVersion", "generation");

    private Changes() {
    }

    /**
     * The object of the request itself, in its own place and version and with its defaults.
     *
     * @param seen the request as it was shown to whoever changed it
     */
    public static KubeObject of(AdmissionRequest request, AdmissionRequest seen, JsonObject changed) {
        var placed = KubeObject.of(placed(seen.object(), changed));
        return request.redefaulted(Equivalents.back(request, seen, placed));
    }

    private static JsonObject placed(KubeObject before, JsonObject changed) {
        var metadata = changed.object("metadata");
        for (String field : FIXED) {
            Json value = before.metadata().at(field);
            metadata = value.isNull() ? metadata.without(field) : metadata.with(field, value);
        }
        return changed.with("metadata", metadata);
    }
}
