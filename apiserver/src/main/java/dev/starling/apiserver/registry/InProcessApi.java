package dev.starling.apiserver.registry;

import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.ObjectList;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;

/** The API without a wire: one caller's calls go straight to the registry, and objects are shared, not copied. */
public final class InProcessApi implements KubeApi {
    private final Registry registry;
    private final Caller caller;

    public InProcessApi(Registry registry, Caller caller) {
        this.registry = registry;
        this.caller = caller;
    }

    @Override
    public KubeObject create(ObjectKey key, KubeObject object, WriteOptions options) {
        return registry.create(Request.by(caller), key, object, options);
    }

    @Override
    public KubeObject get(ObjectKey key) {
        return registry.get(key);
    }

    @Override
    public ObjectList list(ListQuery query) {
        return registry.list(query);
    }

    @Override
    public Watch watch(WatchQuery query) {
        return registry.watch(query);
    }

    @Override
    public KubeObject update(ObjectKey key, KubeObject object, WriteOptions options) {
        return registry.update(Request.by(caller), key, object, options).object();
    }

    @Override
    public KubeObject patch(ObjectKey key, Patch patch, WriteOptions options) {
        return registry.patch(Request.by(caller), key, patch, options).object();
    }

    @Override
    public KubeObject delete(ObjectKey key, DeleteOptions options) {
        return registry.delete(Request.by(caller), key, options).object();
    }
}
