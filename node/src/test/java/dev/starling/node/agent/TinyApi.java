package dev.starling.node.agent;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.ObjectList;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.object.Times;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Objects in memory with revisions, merge patches and watches: what a node needs of an API in a simulation. */
final class TinyApi implements KubeApi {
    private final InstantSource clock;
    private final Map<String, KubeObject> objects = new TreeMap<>(); // guarded by this
    private final List<TinyWatch> watches = new ArrayList<>(); // guarded by this
    private final List<String> writes = new ArrayList<>(); // guarded by this
    private long revision;

    TinyApi(InstantSource clock) {
        this.clock = clock;
    }

    /** Writes so far, as {@code patch pods default/web/status}. */
    synchronized List<String> writes() {
        return List.copyOf(writes);
    }

    private static String id(ObjectKey key) {
        return key.type() + "|" + key.namespacedName();
    }

    private synchronized KubeObject put(WatchEvent.Type type, ObjectKey key, KubeObject object) {
        var stored = object.with(Long.toString(++revision), "metadata", "resourceVersion");
        if (type == WatchEvent.Type.DELETED) {
            objects.remove(id(key));
        } else {
            objects.put(id(key), stored);
        }
        watches.stream().filter(w -> w.type.equals(key.type())).toList().forEach(w -> w.offer(type, stored));
        return stored;
    }

    @Override
    public synchronized KubeObject create(ObjectKey key, KubeObject object, WriteOptions options) {
        writes.add("create " + key);
        if (key.subresource().equals("token")) {
            return object.with(JsonObject.of("token", "token-" + revision,
                    "expirationTimestamp", Times.seconds(clock.instant().plusSeconds(3600))), "status");
        }
        if (objects.containsKey(id(key))) {
            throw ApiException.alreadyExists(key.type().qualifiedPlural(), key.name());
        }
        var named = object.with("uid-" + revision, "metadata", "uid")
                .with(Times.seconds(clock.instant()), "metadata", "creationTimestamp");
        return put(WatchEvent.Type.ADDED, key, named);
    }

    @Override
    public synchronized KubeObject get(ObjectKey key) {
        return Optional.ofNullable(objects.get(id(key.whole())))
                .orElseThrow(() -> ApiException.notFound(key.type().qualifiedPlural(), key.name()));
    }

    @Override
    public synchronized ObjectList list(ListQuery query) {
        var items = objects.entrySet().stream().filter(e -> e.getKey().startsWith(query.type() + "|"))
                .map(Map.Entry::getValue).toList();
        return new ObjectList(items, Long.toString(revision), "", 0);
    }

    @Override
    public synchronized Watch watch(WatchQuery query) {
        var watch = new TinyWatch(query.type());
        watches.add(watch);
        return watch;
    }

    @Override
    public synchronized KubeObject update(ObjectKey key, KubeObject object, WriteOptions options) {
        writes.add("update " + key);
        get(key);
        return put(WatchEvent.Type.MODIFIED, key.whole(), object);
    }

    @Override
    public synchronized KubeObject patch(ObjectKey key, Patch patch, WriteOptions options) {
        writes.add("patch " + key);
        var change = ((Patch.Merge) patch).change();
        var old = get(key);
        String uid = change.text("metadata", "uid");
        if (!uid.isEmpty() && !uid.equals(old.uid())) {
            throw ApiException.conflict(key.type().qualifiedPlural(), key.name(), "the uid differs");
        }
        return put(WatchEvent.Type.MODIFIED, key.whole(), KubeObject.of(merged(old.tree(), change)));
    }

    private static JsonObject merged(JsonObject old, JsonObject change) {
        var result = old;
        for (var field : change.entries()) {
            Json value = field.getValue();
            if (value.isNull()) {
                result = result.without(field.getKey());
            } else if (value instanceof JsonObject object) {
                result = result.with(field.getKey(), merged(result.object(field.getKey()), object));
            } else {
                result = result.with(field.getKey(), value);
            }
        }
        return result;
    }

    @Override
    public synchronized KubeObject delete(ObjectKey key, DeleteOptions options) {
        writes.add("delete " + key);
        var old = get(key);
        long grace = options.gracePeriodSeconds().orElse(
                old.spec().at("terminationGracePeriodSeconds").number(30));
        boolean waits = key.type().equals(Kinds.PODS) && grace > 0 && !old.spec().text("nodeName").isEmpty()
                && !List.of("Succeeded", "Failed").contains(old.status().text("phase"));
        if (waits) {
            Instant at = clock.instant().plusSeconds(grace);
            return put(WatchEvent.Type.MODIFIED, key,
                    old.with(Times.seconds(at), "metadata", "deletionTimestamp"));
        }
        return put(WatchEvent.Type.DELETED, key, old);
    }

    private final class TinyWatch implements Watch {
        private final ResourceType type;
        private final ArrayDeque<WatchEvent> events = new ArrayDeque<>();
        private Runnable wake = () -> { };
        private boolean closed;

        TinyWatch(ResourceType type) {
            this.type = type;
        }

        void offer(WatchEvent.Type kind, KubeObject object) {
            events.add(new WatchEvent(kind, object));
            wake.run();
        }

        @Override
        public Optional<WatchEvent> poll() {
            synchronized (TinyApi.this) {
                return Optional.ofNullable(events.poll());
            }
        }

        @Override
        public void onReady(Runnable ready) {
            synchronized (TinyApi.this) {
                wake = ready;
                ready.run();
            }
        }

        @Override
        public boolean ended() {
            synchronized (TinyApi.this) {
                return closed && events.isEmpty();
            }
        }

        @Override
        public void close() {
            synchronized (TinyApi.this) {
                closed = true;
                watches.remove(this);
            }
        }
    }
}
