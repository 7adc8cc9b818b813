package dev.starling.apiserver.registry;

import dev.starling.kube.object.KubeObject;

/**
 * One station on the way of a write. It sees the decoded and defaulted object, and gives back the object to go on
 * with, or refuses with an {@link dev.starling.kube.api.ApiException}. It may be called again when a write is retried.
 */
@FunctionalInterface
public interface Admission {

    KubeObject admit(AdmissionRequest request);
}
