package dev.starling.apiserver.registry;

import dev.starling.kube.object.KubeObject;

/**
 * The answer to a deletion.
 *
 * @param object the last state, or the state in which the object now waits for its grace period or finalizers
 * @param gone whether the object is removed; HTTP answers a {@code Status} then, unless the kind returns the object
 */
public record Deleted(KubeObject object, boolean gone) {
}
