package dev.starling.apiserver.custom;

import dev.starling.apiserver.registry.Subresource;
import dev.starling.apiserver.table.JsonPath;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;

/** {@code scale} of a custom kind: {@code autoscaling/v1} Scale over the fields that its definition names. */
final class CustomScale implements Subresource {
    private final List<String> specReplicas;
    private final List<String> statusReplicas;
    private final List<String> selector;
    private final String specPath;

    CustomScale(JsonObject paths) {
        this.specPath = paths.text("specReplicasPath");
        this.specReplicas = JsonPath.parse(specPath).fields();
        this.statusReplicas = JsonPath.parse(paths.text("statusReplicasPath")).fields();
        this.selector = paths.text("labelSelectorPath").isEmpty() ? List.of()
                : JsonPath.parse(paths.text("labelSelectorPath")).fields();
    }

    @Override
    public KubeObject view(KubeObject owner) {
        Json replicas = at(owner, specReplicas);
        if (replicas.isNull()) {
            throw ApiException.internal("the spec replicas field \"" + specPath + "\" does not exist");
        }
        var metadata = JsonObject.builder().put("name", owner.name()).putText("namespace", owner.namespace())
                .put("uid", owner.uid()).put("resourceVersion", owner.resourceVersion())
                .putText("creationTimestamp", owner.metadata().text("creationTimestamp")).build();
        var status = JsonObject.builder().put("replicas", at(owner, statusReplicas).number(0))
                .putText("selector", selector.isEmpty() ? "" : at(owner, selector).text()).build();
        return KubeObject.of(JsonObject.of("kind", "Scale", "apiVersion", "autoscaling/v1", "metadata", metadata,
                "spec", JsonObject.of("replicas", replicas.number(0)), "status", status));
    }

    private static Json at(KubeObject owner, List<String> path) {
        return owner.tree().at(path.toArray(String[]::new));
    }

    @Override
    public KubeObject applied(KubeObject owner, KubeObject scale) {
        check(owner, scale);
        var version = scale.resourceVersion().isEmpty() ? owner.resourceVersion() : scale.resourceVersion();
        var uid = scale.uid().isEmpty() ? owner.uid() : scale.uid();
        return owner.with(new JsonLong(scale.spec().at("replicas").number(0)), specReplicas.toArray(String[]::new))
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
        return scale.spec().find("replicas")
                .map(count -> configuration.withAt(count, specReplicas.toArray(String[]::new))).orElse(configuration);
    }

    private static void check(KubeObject owner, KubeObject scale) {
        if (!scale.kind().isEmpty() && !scale.kind().equals("Scale")) {
            throw ApiException.badRequest("wrong object passed to Scale update: " + scale.kind());
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
