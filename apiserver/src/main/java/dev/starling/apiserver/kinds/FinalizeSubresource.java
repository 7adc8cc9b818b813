package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Subresource;
import dev.starling.kube.object.KubeObject;

/** {@code finalize} of a namespace takes away what holds it once its content is gone. */
final class FinalizeSubresource implements Subresource {

    @Override
    public KubeObject view(KubeObject owner) {
        return owner;
    }

    @Override
    public KubeObject applied(KubeObject owner, KubeObject view) {
        return NamespaceRules.finalized(owner, view);
    }
}
