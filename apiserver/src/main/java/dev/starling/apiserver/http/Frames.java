package dev.starling.apiserver.http;

import dev.starling.apiserver.http.EventSink.Framing;
import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.json.JsonObject;
import java.lang.ref.WeakReference;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * The newest events of watches as they are sent, made once for all clients that take the same form: many watchers of
 * one kind share the bytes of each event. Holds few and small ones, because an event is wanted by all at about the same
 * time; a large one is shared for as long as anybody still sends it, so that many who do not read hold it once.
 * Thread-safe; two threads that race to make a frame make equal ones.
 */
final class Frames {
    private static final int PLACES = 64;
    private static final int MOST_BYTES = 64 << 10;
    private static final KubeObject NOTHING = KubeObject.of(JsonObject.EMPTY);
    private static final Frame NONE =
            new Frame(new Key(WatchEvent.Type.ERROR, NOTHING, "", Framing.NONE), new byte[0]);

    private static final Large GONE = new Large(NONE.key(), NONE.bytes());

    private final AtomicReferenceArray<Frame> places = new AtomicReferenceArray<>(PLACES);
    private final AtomicReferenceArray<Large> large = new AtomicReferenceArray<>(PLACES);

    /**
     * What the bytes depend on.
     *
     * @param form the media type with the view
     */
    record Key(WatchEvent.Type type, KubeObject object, String form, Framing framing) {

        private boolean same(Key other) {
            return object == other.object && type == other.type && framing == other.framing
                    && form.equals(other.form);
        }

        private int place() {
            int mixed = System.identityHashCode(object) * 31 + type.ordinal() + framing.ordinal() * 7 + form.hashCode();
            return Math.floorMod(mixed, PLACES);
        }
    }

    private record Frame(Key key, byte[] bytes) {
    }

    /** A frame, and its object, that others hold. */
    private static final class Large {
        private final WeakReference<KubeObject> object;
        private final Key rest;
        private final WeakReference<byte[]> bytes;

        Large(Key key, byte[] bytes) {
            this.object = new WeakReference<>(key.object());
            this.rest = new Key(key.type(), NOTHING, key.form(), key.framing());
            this.bytes = new WeakReference<>(bytes);
        }

        Optional<byte[]> of(Key key) {
            return object.refersTo(key.object())
                    && rest.same(new Key(key.type(), NOTHING, key.form(), key.framing()))
                    ? Optional.ofNullable(bytes.get()) : Optional.empty();
        }
    }

    Frames() {
        for (int i = 0; i < PLACES; i++) {
            places.set(i, NONE);
            large.set(i, GONE);
        }
    }

    /** The bytes of an event; callers never change them. */
    byte[] of(Key key, Supplier<byte[]> make) {
        int place = key.place();
        var known = places.get(place);
        if (known.key().same(key)) {
            return known.bytes();
        }
        return large.get(place).of(key).orElseGet(() -> made(key, make));
    }

    private byte[] made(Key key, Supplier<byte[]> make) {
        byte[] made = make.get();
        if (made.length <= MOST_BYTES) {
            places.set(key.place(), new Frame(key, made));
        } else {
            large.set(key.place(), new Large(key, made));
        }
        return made;
    }
}
