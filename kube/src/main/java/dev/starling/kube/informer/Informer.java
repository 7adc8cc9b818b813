package dev.starling.kube.informer;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.ObjectList;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * An image of one collection that follows it: a list, then a watch from the list's revision, and a new list when the
 * watch is lost. Objects are immutable; a reader on another thread sees each object's newest known state, and every
 * index as of the same event or the one before.
 *
 * <p>Listeners are called from the loop's step, in order, and must return fast: they usually put a key in a queue.
 * After a lost watch they hear of the differences to the new list, so that none is missed;
 * an object that was deleted and made again under its name meanwhile is told as gone, then as new.
 */
public final class Informer implements Loop {
    private static final System.Logger LOG = System.getLogger(Informer.class.getName());
    private static final String NAMESPACE = "namespace";
    private static final int EVENTS_PER_STEP = 512;
    private static final int LISTED_PER_STEP = 256;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** Hears of one change: before is empty for a new object, after is empty for one that is gone. */
    public interface Listener {
        void changed(Optional<KubeObject> before, Optional<KubeObject> after);
    }

    private final KubeApi api;
    private final ListQuery query;
    private final Map<String, KubeObject> objects = new ConcurrentHashMap<>();
    private final Map<String, Index> indexes = new HashMap<>(); // complete before the first step
    private final List<Listener> listeners = new ArrayList<>(); // complete before the first step
    private final List<Runnable> observers = new ArrayList<>(); // complete before the first step

    private Optional<Watch> watch = Optional.empty(); // owned by the loop
    private Optional<Arrival> arrival = Optional.empty(); // owned by the loop
    private Duration pause = FIRST_PAUSE; // owned by the loop
    private volatile Optional<Driver.Running> running = Optional.empty(); // set once by start
    private volatile boolean synced;
    private volatile long revision;

    public Informer(KubeApi api, ListQuery query) {
        this.api = api;
        this.query = query;
        index(NAMESPACE, object -> List.of(object.namespace()));
    }

    /** An informer of all objects of a type, in all namespaces. */
    public Informer(KubeApi api, ResourceType type) {
        this(api, ListQuery.all(type));
    }

    /** Adds an index before the start; an object stands under every value that the function gives for it. */
    public Informer index(String name, Function<KubeObject, List<String>> values) {
        indexes.put(name, new Index(values));
        return this;
    }

    /** Adds a listener before the start. */
    public Informer onChange(Listener listener) {
        listeners.add(listener);
        return this;
    }

    /** Adds somebody who is told after every step that moved the revision. */
    public Informer onProgress(Runnable observer) {
        observers.add(observer);
        return this;
    }

    /** Starts this informer on a driver; closing what is returned ends its watch. */
    public AutoCloseable start(Driver driver) {
        var started = driver.start(this);
        running = Optional.of(started);
        started.wake();
        return () -> {
            started.close();
            watch.ifPresent(Watch::close);
        };
    }

    public ResourceType type() {
        return query.type();
    }

    /** True once the first list is in the image. */
    public boolean synced() {
        return synced;
    }

    /** The revision up to which the image is complete; 0 before the first list. */
    public long revision() {
        return revision;
    }

    public Optional<KubeObject> find(String namespace, String name) {
        return Optional.ofNullable(objects.get(key(namespace, name)));
    }

    /** Everything in the image, in no order; a view that follows the image. */
    public Collection<KubeObject> all() {
        return Collections.unmodifiableCollection(objects.values());
    }

    public List<KubeObject> in(String namespace) {
        return by(NAMESPACE, namespace);
    }

    /** The objects that stand under a value of an index. */
    public List<KubeObject> by(String index, String value) {
        var found = Optional.ofNullable(indexes.get(index))
                .orElseThrow(() -> new IllegalArgumentException("no index " + index + " on " + query.type()));
        var keys = found.under(value);
        return keys.isEmpty() ? List.of()
                : keys.stream().map(objects::get).filter(java.util.Objects::nonNull).toList();
    }

    @Override
    public String name() {
        return "informer-" + query.type().qualifiedPlural();
    }

    /** A long list is taken in by parts, and in turn with others. */
    @Override
    public boolean patient() {
        return arrival.isPresent();
    }

    @Override
    public Next step(Instant now) {
        try {
            if (arrival.isPresent() && !arrival.get().step()) {
                return Next.AGAIN;
            }
            if (watch.isEmpty() && !listed()) {
                return Next.AGAIN;
            }
            return drain(watch.orElseThrow(), now);
        } catch (ApiException e) {
            LOG.log(Level.DEBUG, () -> "list or watch refused type=" + query.type() + " why=" + e.getMessage());
            return lost(now);
        }
    }

    /** Lists anew after a pause, which doubles until an event comes through again. */
    private Next lost(Instant now) {
        drop();
        var next = Next.at(now.plus(pause));
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        return next;
    }

    /** Whether all of a new list is taken in, and the watch open. */
    private boolean listed() {
        var begun = new Arrival(api.list(query));
        if (begun.step()) {
            return true;
        }
        arrival = Optional.of(begun);
        return false;
    }

    /** A list that is taken in: first goes what is not in it. */
    private final class Arrival {
        private final String revision;
        private final Iterator<KubeObject> items;

        Arrival(ObjectList list) {
            revision = list.resourceVersion();
            items = list.items().iterator();
            if (!objects.isEmpty()) {
                var seen = new HashSet<String>();
                list.items().forEach(object -> seen.add(key(object)));
                List.copyOf(objects.keySet()).stream().filter(key -> !seen.contains(key))
                        .forEach(key -> apply(key, Optional.empty()));
            }
        }

        /** Takes in one part; true once that was the last one, and the watch is open. */
        boolean step() {
            for (int i = 0; i < LISTED_PER_STEP && items.hasNext(); i++) {
                var object = items.next();
                apply(key(object), Optional.of(object));
            }
            if (items.hasNext()) {
                return false;
            }
            arrival = Optional.empty();
            progress(revision);
            synced = true;
            var opened = api.watch(WatchQuery.after(query.type(), query.namespace(), revision)
                    .with(query.labels(), query.fields()));
            watch = Optional.of(opened);
            opened.onReady(Informer.this::wake);
            observers.forEach(Runnable::run);
            return true;
        }
    }

    /** Takes what the watch has, up to a bound. */
    private Next drain(Watch source, Instant now) {
        boolean moved = false;
        int taken = 0;
        while (taken < EVENTS_PER_STEP) {
            var event = source.poll();
            if (event.isEmpty()) {
                break;
            }
            take(event.get());
            moved = true;
            taken++;
        }
        if (moved) {
            pause = FIRST_PAUSE;
            observers.forEach(Runnable::run);
        }
        if (taken < EVENTS_PER_STEP && source.ended()) {
            return lost(now);
        }
        return taken == EVENTS_PER_STEP ? Next.AGAIN : Next.WHEN_WOKEN;
    }

    private void take(WatchEvent event) {
        var object = event.object();
        switch (event.type()) {
            case ADDED, MODIFIED -> apply(key(object), Optional.of(object));
            case DELETED -> apply(key(object), Optional.empty());
            case BOOKMARK -> { }
            case ERROR -> throw ApiException.from(object.tree());
        }
        progress(object.resourceVersion());
    }

    private void apply(String key, Optional<KubeObject> after) {
        var before = Optional.ofNullable(objects.get(key));
        if (before.isPresent() && after.isPresent()
                && before.get().resourceVersion().equals(after.get().resourceVersion())) {
            return;
        }
        if (before.isPresent() && after.isPresent() && !before.get().uid().equals(after.get().uid())) {
            change(key, before, Optional.empty());
            change(key, Optional.empty(), after);
            return;
        }
        change(key, before, after);
    }

    private void change(String key, Optional<KubeObject> before, Optional<KubeObject> after) {
        after.ifPresentOrElse(object -> objects.put(key, object), () -> objects.remove(key));
        indexes.values().forEach(index -> index.move(key, before, after));
        if (before.isPresent() || after.isPresent()) {
            listeners.forEach(listener -> listener.changed(before, after));
        }
    }

    private void wake() {
        running.ifPresent(Driver.Running::wake);
    }

    private void progress(String version) {
        if (!version.isEmpty() && version.chars().allMatch(Character::isDigit)) {
            revision = Math.max(revision, Long.parseLong(version));
        }
    }

    private void drop() {
        watch.ifPresent(Watch::close);
        watch = Optional.empty();
    }

    private static String key(KubeObject object) {
        var metadata = object.metadata();
        return key(metadata.text("namespace"), metadata.text("name"));
    }

    private static String key(String namespace, String name) {
        return namespace + "/" + name;
    }

    /** Values to keys. Written by the loop alone; an object never misses under a value that it keeps. */
    private record Index(Function<KubeObject, List<String>> values, Map<String, Map<String, Boolean>> keys) {
        Index(Function<KubeObject, List<String>> values) {
            this(values, new ConcurrentHashMap<>());
        }

        Collection<String> under(String value) {
            return keys.getOrDefault(value, Map.of()).keySet();
        }

        void move(String key, Optional<KubeObject> before, Optional<KubeObject> after) {
            var old = before.map(values).orElse(List.of());
            var now = after.map(values).orElse(List.of());
            if (old.equals(now)) {
                return;
            }
            for (String value : now) {
                keys.computeIfAbsent(value, v -> new ConcurrentHashMap<>()).put(key, true);
            }
            for (String value : old) {
                if (!now.contains(value)) {
                    remove(value, key);
                }
            }
        }

        private void remove(String value, String key) {
            keys.computeIfPresent(value, (v, set) -> {
                set.remove(key);
                return set.isEmpty() ? null : set;
            });
        }
    }
}
