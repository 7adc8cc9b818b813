package dev.starling.kube.informer;

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
import dev.starling.kube.object.ResourceType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Passes everything on and remembers the newest revision that was written to each type, and what was deleted. */
final class TrackedApi implements KubeApi {
    private final KubeApi api;
    private final Map<ResourceType, Long> written = new ConcurrentHashMap<>();
    private final Map<ObjectKey, String> deleted = new ConcurrentHashMap<>();

    TrackedApi(KubeApi api) {
        this.api = api;
    }

    Map<ResourceType, Long> written() {
        return Map.copyOf(written);
    }

    /** What was asked to be deleted, with the uid; the answer tells no revision by which that can be seen. */
    Map<ObjectKey, String> deleted() {
        return Map.copyOf(deleted);
    }

    private KubeObject track(ObjectKey key, KubeObject answer) {
        String version = answer.resourceVersion();
        if (!version.isEmpty() && version.chars().allMatch(Character::isDigit)) {
            written.merge(key.type(), Long.parseLong(version), Math::max);
        }
        return answer;
    }

    @Override
    public KubeObject create(ObjectKey key, KubeObject object, WriteOptions options) {
        return track(key, api.create(key, object, options));
    }

    @Override
    public KubeObject get(ObjectKey key) {
        return api.get(key);
    }

    @Override
    public ObjectList list(ListQuery query) {
        return api.list(query);
    }

    @Override
    public Watch watch(WatchQuery query) {
        return api.watch(query);
    }

    @Override
    public KubeObject update(ObjectKey key, KubeObject object, WriteOptions options) {
        return track(key, api.update(key, object, options));
    }

    @Override
    public KubeObject patch(ObjectKey key, Patch patch, WriteOptions options) {
        return track(key, api.patch(key, patch, options));
    }

    @Override
    public KubeObject delete(ObjectKey key, DeleteOptions options) {
        var answer = api.delete(key, options);
        String uid = answer.kind().equals("Status") ? answer.tree().text("details", "uid") : answer.uid();
        deleted.put(key, uid);
        return answer;
    }
}
