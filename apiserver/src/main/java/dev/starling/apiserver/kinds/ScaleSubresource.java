package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Subresource;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.ResourceType;
import java.util.List;

/** {@code scale} of a workload: {@code autoscaling/v1} Scale over its number of replicas. */
final class ScaleSubresource implements Subresource {

    @Override
    public KubeObject view(KubeObject owner) {
        var metadata = JsonObject.builder().put("name", owner.name()).put("namespace", owner.namespace())
                .put("uid", owner.uid()).put("resourceVersion", owner.resourceVersion())
                .putText("creationTimestamp", owner.metadata().text("creationTimestamp")).build();
        var selector = selector(owner).toString();
        var status = JsonObject.builder().put("replicas", owner.status().at("replicas").number(0))
                .putText("selector", selector).build();
        return KubeObject.of(JsonObject.of("kind", "Scale", "apiVersion", "autoscaling/v1", "metadata", metadata,
                "spec", JsonObject.of("replicas", owner.spec().at("replicas").number(1)), "status", status));
    }

    /** A ReplicationController selects by labels alone. */
    private static LabelSelector selector(KubeObject owner) {
        var selector = owner.spec().object("selector");
        return LabelSelector.from(owner.kind().equals("ReplicationController")
                ? JsonObject.of("matchLabels", selector) : selector);
    }

    @Override
    public KubeObject applied(KubeObject owner, KubeObject scale) {
        check(owner, scale);
        var version = scale.resourceVersion().isEmpty() ? owner.resourceVersion() : scale.resourceVersion();
        var uid = scale.uid().isEmpty() ? owner.uid() : scale.uid();
        return owner.with(new JsonLong(scale.spec().at("replicas").number(0)), "spec", "replicas")
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
        var configuration = JsonObject.builder().put("apiVersion", owner.apiVersion()).put("kind", owner.kind())
                .put("metadata", scale.metadata().without("labels").without("annotations"));
        scale.spec().find("replicas").ifPresent(count -> configuration.put("spec", JsonObject.of("replicas", count)));
        return configuration.build();
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
