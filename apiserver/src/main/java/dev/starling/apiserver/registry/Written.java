package dev.starling.apiserver.registry;

import dev.starling.kube.object.KubeObject;

/**
 * The answer to an update or a patch.
 *
 * @param created whether the write made the object (HTTP answers 201 then)
 */
public record Written(KubeObject object, boolean created) {
}
