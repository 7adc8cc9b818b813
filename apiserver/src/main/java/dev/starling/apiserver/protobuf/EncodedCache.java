package dev.starling.apiserver.protobuf;

import dev.starling.kube.object.KubeObject;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;

/**
 * Remembers the last encoded form of a few objects, by the very object: all watchers of a change get the same one. It
 * holds at most {@code PLACES} forms of at most {@code LARGEST} bytes, and no object alive. Thread-safe: a lost race
 * encodes twice.
 */
final class EncodedCache {
    private static final int PLACES = 512;
    private static final int LARGEST = 16 << 10;

    private final AtomicReferenceArray<Held> places = new AtomicReferenceArray<>(PLACES);

    private record Held(WeakReference<KubeObject> object, byte[] bytes) {
    }

    byte[] encoded(KubeObject object, Function<KubeObject, byte[]> encode) {
        int place = System.identityHashCode(object) & PLACES - 1;
        var held = places.get(place);
        if (held != null && held.object().refersTo(object)) {
            return held.bytes();
        }
        byte[] bytes = encode.apply(object);
        if (bytes.length <= LARGEST) {
            places.set(place, new Held(new WeakReference<>(object), bytes));
        }
        return bytes;
    }
}
