package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.registry.NameRule;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import java.util.Map;
import java.util.function.Function;

/**
 * A namespace lives until its content is gone: the finalizer {@code kubernetes} in its spec, which only the
 * subresource {@code finalize} takes away, holds it.
 */
final class NamespaceRules implements KindRules {
    private static final Map<String, Function<KubeObject, String>> SELECTABLE = Fields.at("status.phase");

    @Override
    public boolean hasStatus() {
        return true;
    }

    @Override
    public NameRule nameRule() {
        return NameRule.LABEL;
    }

    @Override
    public KubeObject prepareForCreate(KubeObject namespace) {
        var finalizers = namespace.spec().array("finalizers");
        var held = finalizers.texts().contains("kubernetes") ? finalizers : finalizers.plus(Json.of("kubernetes"));
        return namespace.with(namespace.name(), "metadata", "labels", "kubernetes.io/metadata.name")
                .with(held, "spec", "finalizers").with(JsonObject.of("phase", "Active"), "status");
    }

    @Override
    public KubeObject prepareForUpdate(KubeObject before, KubeObject after) {
        return after.with(before.spec().array("finalizers"), "spec", "finalizers")
                .with(before.name(), "metadata", "labels", "kubernetes.io/metadata.name");
    }

    @Override
    public boolean held(KubeObject namespace) {
        return !namespace.spec().array("finalizers").isEmpty();
    }

    @Override
    public KubeObject prepareForDeletion(KubeObject namespace) {
        return namespace.with("Terminating", "status", "phase");
    }

    /** A second deletion is told to wait. */
    @Override
    public void checkDeletion(KubeObject namespace) {
        if (namespace.deleting() && held(namespace)) {
            throw ApiException.conflict(Kinds.NAMESPACES.qualifiedPlural(), namespace.name(),
                    "The system is ensuring all content is removed from this namespace.  Upon completion, "
                    + "this namespace will automatically be purged by the system.");
        }
    }

    @Override
    public Map<String, Function<KubeObject, String>> selectable() {
        return SELECTABLE;
    }

    /** The state after a call of {@code finalize}: its finalizers count, and nothing else of it. */
    static KubeObject finalized(KubeObject namespace, KubeObject wanted) {
        var finalizers = wanted.spec().array("finalizers");
        var kept = finalizers.isEmpty() ? JsonArray.EMPTY : finalizers;
        return namespace.with(kept, "spec", "finalizers")
                .with(wanted.resourceVersion().isEmpty() ? namespace.resourceVersion() : wanted.resourceVersion(),
                        "metadata", "resourceVersion");
    }
}
