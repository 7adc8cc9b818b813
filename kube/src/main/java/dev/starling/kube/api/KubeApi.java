package dev.starling.kube.api;

import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;

/**
 * All that a client of Kubernetes may ask. There are two transports, in process and HTTP, and one contract suite that
 * both pass. Every call blocks until the answer is there (writes: until they are durable), may be made from any
 * thread, and is refused with an {@link ApiException}.
 */
public interface KubeApi {

    /**
     * Creates an object, or a subresource such as {@code binding} or {@code eviction}. With an empty name in the key
     * the server makes one from {@code metadata.generateName}.
     */
    KubeObject create(ObjectKey key, KubeObject object, WriteOptions options);

    /** @throws ApiException NOT_FOUND if there is none */
    KubeObject get(ObjectKey key);

    /** One page of a collection, in the order of namespace and name. */
    ObjectList list(ListQuery query);

    /** Changes of a collection, in order, after a revision; see {@link Watch} for what the caller owes it. */
    Watch watch(WatchQuery query);

    /** Replaces an object; CONFLICT if {@code metadata.resourceVersion} is set and no longer the newest. */
    KubeObject update(ObjectKey key, KubeObject object, WriteOptions options);

    KubeObject patch(ObjectKey key, Patch patch, WriteOptions options);

    /**
     * Asks for deletion. The answer is the object as it was, or as it now waits for its grace period or finalizers.
     *
     * @throws ApiException NOT_FOUND if there is none
     */
    KubeObject delete(ObjectKey key, DeleteOptions options);

    default KubeObject create(ObjectKey key, KubeObject object) {
        return create(key, object, WriteOptions.DEFAULT);
    }

    default KubeObject update(ObjectKey key, KubeObject object) {
        return update(key, object, WriteOptions.DEFAULT);
    }

    default KubeObject patch(ObjectKey key, Patch patch) {
        return patch(key, patch, WriteOptions.DEFAULT);
    }

    default KubeObject delete(ObjectKey key) {
        return delete(key, DeleteOptions.DEFAULT);
    }
}
