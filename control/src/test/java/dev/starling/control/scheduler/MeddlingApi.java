package dev.starling.control.scheduler;

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
import java.util.function.UnaryOperator;

/**
 * An API before whose writes something else happens, and which may tell other than what is there.
 *
 * @param before may throw, so that the write fails
 * @param told what a list tells of each object
 */
record MeddlingApi(KubeApi api, Before before, UnaryOperator<KubeObject> told) implements KubeApi {

    /** Hears of each write before it happens. */
    interface Before {
        void write(String verb, ObjectKey key);
    }

    static MeddlingApi before(KubeApi api, Before before) {
        return new MeddlingApi(api, before, UnaryOperator.identity());
    }

    @Override
    public KubeObject get(ObjectKey key) {
        return api.get(key);
    }

    @Override
    public ObjectList list(ListQuery query) {
        var list = api.list(query);
        return new ObjectList(list.items().stream().map(told).toList(), list.resourceVersion(), list.continueToken(),
                list.remaining());
    }

    @Override
    public Watch watch(WatchQuery query) {
        return api.watch(query);
    }

    @Override
    public KubeObject create(ObjectKey key, KubeObject object, WriteOptions options) {
        before.write("create", key);
        return api.create(key, object, options);
    }

    @Override
    public KubeObject update(ObjectKey key, KubeObject object, WriteOptions options) {
        before.write("update", key);
        return api.update(key, object, options);
    }

    @Override
    public KubeObject patch(ObjectKey key, Patch patch, WriteOptions options) {
        before.write("patch", key);
        return api.patch(key, patch, options);
    }

    @Override
    public KubeObject delete(ObjectKey key, DeleteOptions options) {
        before.write("delete", key);
        return api.delete(key, options);
    }
}
