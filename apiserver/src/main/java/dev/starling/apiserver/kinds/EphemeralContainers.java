package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Part;
import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Containers that are added to a pod that runs, to look into it; none of them ever changes or goes. */
final class EphemeralContainers implements Part {
    static final String FIELD = "ephemeralContainers";
    /** Of pods that are another source's copy; no such pod can be changed here. */
    static final String MIRROR = "kubernetes.io/config.mirror";
    private static final FieldPath PATH = FieldPath.of("spec").child(FIELD);

    @Override
    public KubeObject merged(KubeObject before, KubeObject wanted) {
        Json containers = wanted.spec().at(FIELD);
        return containers.isNull() ? before.without("spec", FIELD) : before.with(containers, "spec", FIELD);
    }

    @Override
    public JsonObject reached(JsonObject spec) {
        return spec.has(FIELD) ? JsonObject.of(FIELD, spec.at(FIELD)) : JsonObject.EMPTY;
    }

    @Override
    public List<Cause> violations(KubeObject before, KubeObject after) {
        if (before.annotations().containsKey(MIRROR)) {
            return List.of(FieldError.forbidden(FieldPath.ROOT, "static pods do not support ephemeral containers")
                    .cause());
        }
        Map<String, JsonObject> now = new HashMap<>();
        after.spec().array(FIELD).objects().forEach(container -> now.put(container.text("name"), container));
        return before.spec().array(FIELD).objects().stream().flatMap(old -> {
            String name = old.text("name");
            var kept = now.get(name);
            return Objects.equals(old, kept) ? Stream.<FieldError>empty() : Stream.of(FieldError.forbidden(PATH,
                    "existing ephemeral containers \"" + name + "\" may not be " + (kept == null ? "removed\n"
                            : "changed\n" + old + "\n" + kept)));
        }).map(FieldError::cause).toList();
    }
}
