package dev.starling.apiserver.watch;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** One reader's place in a ring, after the objects that were there at the start. It holds no queue. */
final class RingWatch implements Watch {
    private static final Runnable NOBODY = () -> {
    };

    /** Where a watch begins: the objects to tell first, all as of one revision, and the place that follows. */
    record Start(List<KubeObject> present, long revision, long place) {
    }

    private final ChangeRing ring;
    private final WatchRequest request;
    private volatile Runnable ready = NOBODY;
    private volatile boolean closed;
    private volatile boolean bookmarkDue;

    private final Iterator<KubeObject> present; // guarded by this monitor, as all below
    private boolean initialEnd;
    private long place;
    private long revision;
    private boolean over;

    RingWatch(ChangeRing ring, WatchRequest request, Start start) {
        this.ring = ring;
        this.request = request;
        this.present = start.present().iterator();
        this.initialEnd = request.initialEnd();
        this.place = start.place();
        this.revision = start.revision();
    }

    String prefix() {
        return request.scope().prefix();
    }

    @Override
    public synchronized Optional<WatchEvent> poll() {
        if (closed || over) {
            return Optional.empty();
        }
        while (present.hasNext()) {
            var object = request.scope().view().apply(present.next());
            if (request.filter().test(object)) {
                return Optional.of(new WatchEvent(WatchEvent.Type.ADDED, object));
            }
        }
        if (initialEnd) {
            initialEnd = false;
            return Optional.of(bookmark(JsonObject.of("k8s.io/initial-events-end", "true")));
        }
        return change();
    }

    private Optional<WatchEvent> change() {
        while (true) {
            switch (ring.at(place)) {
                case ChangeRing.Place.Lost(long forgotten) -> {
                    over = true;
                    ring.cutOff(this);
                    return Optional.of(WatchEvent.error(WatchHub.tooOld(revision, forgotten)));
                }
                case ChangeRing.Place.Ahead(long progress) -> {
                    return progress(progress);
                }
                case ChangeRing.Place.Held(RingSlot slot) -> {
                    place++;
                    var event = toldOrRefused(slot);
                    if (event.isPresent()) {
                        return event;
                    }
                }
            }
        }
    }

    /** An object that cannot be shown in the reader's version ends the watch. */
    private Optional<WatchEvent> toldOrRefused(RingSlot slot) {
        try {
            return told(slot);
        } catch (ApiException e) {
            over = true;
            ring.leave(this);
            return Optional.of(WatchEvent.error(e));
        }
    }

    private Optional<WatchEvent> told(RingSlot slot) {
        if (slot.revision() <= revision) {
            return Optional.empty();
        }
        revision = slot.revision();
        return slot.key().startsWith(prefix())
                ? slot.event(request.scope().view(), request.filter()) : Optional.empty();
    }

    private Optional<WatchEvent> progress(long progress) {
        revision = Math.max(revision, progress);
        if (!bookmarkDue) {
            return Optional.empty();
        }
        bookmarkDue = false;
        return Optional.of(bookmark(JsonObject.EMPTY));
    }

    private WatchEvent bookmark(JsonObject annotations) {
        var metadata = JsonObject.builder().put("resourceVersion", Long.toString(revision));
        if (!annotations.isEmpty()) {
            metadata.put("annotations", (Json) annotations);
        }
        var type = request.scope().type();
        return new WatchEvent(WatchEvent.Type.BOOKMARK, KubeObject.of(JsonObject.of(
                "kind", type.kind(), "apiVersion", type.apiVersion(), "metadata", metadata.build())));
    }

    void bookmarkDue() {
        if (request.bookmarks()) {
            bookmarkDue = true;
            wake();
        }
    }

    void wake() {
        ready.run();
    }

    @Override
    public void onReady(Runnable wake) {
        ready = wake;
        if (somethingThere()) {
            wake.run();
        }
    }

    private synchronized boolean somethingThere() {
        return closed || over || present.hasNext() || initialEnd || bookmarkDue
                || !(ring.at(place) instanceof ChangeRing.Place.Ahead);
    }

    @Override
    public synchronized boolean ended() {
        return closed || over;
    }

    @Override
    public void close() {
        closed = true;
        ring.leave(this);
        wake();
    }

    /** A watch that only tells why there is none. */
    static Watch refused(ApiException why) {
        return new Watch() {
            private boolean told; // guarded by this monitor

            @Override
            public synchronized Optional<WatchEvent> poll() {
                boolean first = !told;
                told = true;
                return first ? Optional.of(WatchEvent.error(why)) : Optional.empty();
            }

            @Override
            public void onReady(Runnable wake) {
                wake.run();
            }

            @Override
            public synchronized boolean ended() {
                return told;
            }

            @Override
            public synchronized void close() {
                told = true;
            }
        };
    }
}
