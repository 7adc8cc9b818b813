package dev.starling.apiserver.registry;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.util.function.UnaryOperator;

/**
 * A subresource that speaks a kind of its own or acts on its object: {@code scale}, {@code binding}, {@code token}.
 * What it does not offer is refused with METHOD_NOT_ALLOWED. Patches work wherever get and update do.
 */
public interface Subresource {

    /** What a subresource acts with. */
    record Call(Registry registry, Request request, ObjectKey key, WriteOptions options) {

        /** The object that the subresource belongs to. */
        public KubeObject owner() {
            return registry.get(key.whole());
        }

        /** Changes any part of the owner, again from the newest state when another write was faster. */
        public KubeObject changeOwner(UnaryOperator<KubeObject> change) {
            return registry.change(request, key, change, options);
        }
    }

    /** Its view of the owner. */
    default KubeObject view(KubeObject owner) {
        throw refused("get");
    }

    /** The owner as an update of this subresource leaves it. May be called again when a write is retried. */
    default KubeObject applied(KubeObject owner, KubeObject view) {
        throw refused("update");
    }

    /**
     * The part of its owner that a configuration of this subresource speaks of.
     *
     * @param owner the owner's type
     */
    default JsonObject configuration(ResourceType owner, JsonObject applied) {
        throw refused("apply");
    }

    default KubeObject create(Call call, KubeObject object) {
        throw refused("create");
    }

    private static ApiException refused(String verb) {
        return new ApiException(ApiException.Reason.METHOD_NOT_ALLOWED,
                verb + " is not supported on this subresource");
    }
}
