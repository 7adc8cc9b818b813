package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Subresource;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;

/** {@code scale}: {@code autoscaling/v1} Scale over the fields that a kind names. */
public final class ScaleSubresource implements Subresource {
    private final ScaleFields fields;

    public ScaleSubresource(ScaleFields fields) {
        this.fields = fields;
    }

    @Override
    public KubeObject view(KubeObject owner) {
        var metadata = JsonObject.builder().put("name", owner.name()).putText("namespace", owner.namespace())
                .put("uid", owner.uid()).put("resourceVersion", owner.resourceVersion())
                .putText("creationTimestamp", owner.metadata().text("creationTimestamp")).build();
        var status = JsonObject.builder().put("replicas", fields.observed(owner))
                .putText("selector", fields.selector(owner)).build();
        return KubeObject.of(JsonObject.of("kind", "Scale", "apiVersion", "autoscaling/v1", "metadata", metadata,
                "spec", JsonObject.of("replicas", fields.wanted(owner)), "status", status));
    }

    private String[] path() {
        return fields.path().toArray(String[]::new);
    }

    @Override
    public KubeObject applied(KubeObject owner, KubeObject scale) {
        check(owner, scale);
        var version = scale.resourceVersion().isEmpty() ? owner.resourceVersion() : scale.resourceVersion();
        var uid = scale.uid().isEmpty() ? owner.uid() : scale.uid();
        return owner.with(new JsonLong(scale.spec().at("replicas").number(0)), path())
                .with(version, "metadata", "resourceVersion").with(uid, "metadata", "uid");
    }

    @Override
    public JsonObject configuration(ResourceType owner, JsonObject applied) {
        var scale = KubeObject.of(applied);
        if (!scale.apiVersion().equals("autoscaling/v1") || !scale.kind().equals("Scale")) {
            throw ApiException.badRequest("Incorrect version specified in apply patch. Specified patch version: "
                    + scale.apiVersion() + ", expected: autoscaling/v1");
        }
        check(scale, scale);
        var configuration = JsonObject.of("apiVersion", owner.apiVersion(), "kind", owner.kind(),
                "metadata", scale.metadata().without("labels").without("annotations"));
        return scale.spec().find("replicas").map(count -> configuration.withAt(count, path())).orElse(configuration);
    }

    private static void check(KubeObject owner, KubeObject scale) {
        if (!scale.kind().isEmpty() && !scale.kind().equals("Scale")) {
            throw ApiException.badRequest("expected input object type to be Scale, but got " + scale.kind());
        }
        if (!scale.name().isEmpty() && !scale.name().equals(owner.name())) {
            throw ApiException.badRequest("the name of the object (" + scale.name()
                    + ") does not match the name on the URL (" + owner.name() + ")");
        }
        long replicas = scale.spec().at("replicas").number(0);
        if (replicas < 0 || replicas > Integer.MAX_VALUE) {
            throw ApiException.invalid("autoscaling", "Scale", owner.name(), List.of(new Cause("FieldValueInvalid",
                    "Invalid value: " + replicas + ": must be greater than or equal to 0", "spec.replicas")));
        }
    }
}
