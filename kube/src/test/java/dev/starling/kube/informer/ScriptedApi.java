package dev.starling.kube.informer;

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
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** One small collection whose watches a test cuts, delays and refuses as it likes. For one thread. */
final class ScriptedApi implements KubeApi {
    private final TreeMap<String, KubeObject> objects = new TreeMap<>();
    private final List<ScriptedWatch> watches = new ArrayList<>();
    private final ArrayDeque<WatchEvent> late = new ArrayDeque<>();
    private final ArrayDeque<ApiException> refusals = new ArrayDeque<>();
    private boolean delayed;
    private boolean down;
    private long revision = 10;
    private int lists;

    KubeObject put(KubeObject object) {
        var stored = object.with(Long.toString(++revision), "metadata", "resourceVersion");
        boolean fresh = objects.put(object.namespacedName(), stored) == null;
        tell(new WatchEvent(fresh ? WatchEvent.Type.ADDED : WatchEvent.Type.MODIFIED, stored));
        return stored;
    }

    KubeObject remove(String namespacedName) {
        var before = Optional.ofNullable(objects.remove(namespacedName)).orElseThrow();
        tell(new WatchEvent(WatchEvent.Type.DELETED,
                before.with(Long.toString(++revision), "metadata", "resourceVersion")));
        return before;
    }

    void tell(WatchEvent event) {
        if (delayed) {
            late.add(event);
        } else {
            watches.forEach(watch -> watch.add(event));
        }
    }

    /** Events wait from now on, until {@link #deliver}. */
    void delay() {
        delayed = true;
    }

    void deliver() {
        delayed = false;
        late.forEach(this::tell);
        late.clear();
    }

    /** Every open watch ends, and nobody is told what happens until the next one. */
    void cut() {
        watches.forEach(ScriptedWatch::end);
        watches.clear();
    }

    void down(boolean value) {
        down = value;
    }

    void refuseNextWrite(ApiException refusal) {
        refusals.add(refusal);
    }

    int lists() {
        return lists;
    }

    int watches() {
        return watches.size();
    }

    @Override
    public ObjectList list(ListQuery query) {
        lists++;
        if (down) {
            throw ApiException.unavailable("down");
        }
        return new ObjectList(objects.values().stream().filter(object -> within(query.namespace(), object)).toList(),
                Long.toString(revision), "", 0);
    }

    private static boolean within(String namespace, KubeObject object) {
        return namespace.isEmpty() || object.namespace().equals(namespace);
    }

    @Override
    public Watch watch(WatchQuery query) {
        var watch = new ScriptedWatch(query.namespace());
        watches.add(watch);
        return watch;
    }

    @Override
    public KubeObject create(ObjectKey key, KubeObject object, WriteOptions options) {
        return written(object);
    }

    @Override
    public KubeObject update(ObjectKey key, KubeObject object, WriteOptions options) {
        return written(object);
    }

    private KubeObject written(KubeObject object) {
        if (!refusals.isEmpty()) {
            throw refusals.remove();
        }
        return put(object);
    }

    @Override
    public KubeObject delete(ObjectKey key, DeleteOptions options) {
        return remove(key.namespacedName());
    }

    @Override
    public KubeObject get(ObjectKey key) {
        return Optional.ofNullable(objects.get(key.namespacedName()))
                .orElseThrow(() -> ApiException.notFound("pods", key.name()));
    }

    @Override
    public KubeObject patch(ObjectKey key, Patch patch, WriteOptions options) {
        return put(get(key));
    }

    static WatchEvent bookmark(long revision) {
        return new WatchEvent(WatchEvent.Type.BOOKMARK, KubeObject.of(JsonObject.of("kind", "Pod", "metadata",
                JsonObject.of("resourceVersion", Long.toString(revision)))));
    }

    private final class ScriptedWatch implements Watch {
        private final String namespace;
        private final ArrayDeque<WatchEvent> events = new ArrayDeque<>();
        private Optional<Runnable> ready = Optional.empty();
        private boolean over;

        ScriptedWatch(String namespace) {
            this.namespace = namespace;
        }

        void add(WatchEvent event) {
            if (event.object().namespace().isEmpty() || within(namespace, event.object())) {
                events.add(event);
                ready.ifPresent(Runnable::run);
            }
        }

        void end() {
            over = true;
            ready.ifPresent(Runnable::run);
        }

        @Override
        public Optional<WatchEvent> poll() {
            return Optional.ofNullable(events.poll());
        }

        @Override
        public void onReady(Runnable wake) {
            ready = Optional.of(wake);
        }

        @Override
        public boolean ended() {
            return over && events.isEmpty();
        }

        @Override
        public void close() {
            over = true;
            watches.remove(this);
        }
    }
}
