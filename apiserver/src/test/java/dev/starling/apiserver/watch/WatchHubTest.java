package dev.starling.apiserver.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.store.MemoryStore;
import dev.starling.store.RevisionStore;
import dev.starling.store.StoreSettings;
import dev.starling.store.Write;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WatchHubTest {
    private static final String TYPE = "core/configmaps/";

    private final RevisionStore<KubeObject> store =
            new MemoryStore<>(StoreSettings.defaults(), InstantSource.system());
    private final WatchHub hub = new WatchHub(store, new WatchSettings(4, Duration.ofMinutes(1)));

    @AfterEach
    void close() {
        hub.close();
        store.close();
    }

    private long put(String namespace, String name) {
        var object = KubeObject.named(Kinds.CONFIG_MAPS, namespace, name);
        return store.commit(Write.put(TYPE + namespace + "/" + name,
                revision -> object.with(Long.toString(revision), "metadata", "resourceVersion")));
    }

    private Watch watch(String namespace, long after) {
        String prefix = namespace.isEmpty() ? TYPE : TYPE + namespace + "/";
        return hub.watch(new WatchRequest(new WatchRequest.Scope(Kinds.CONFIG_MAPS, TYPE, prefix, object -> object),
                object -> true,
                after, true, false));
    }

    private static List<String> drained(Watch watch) {
        var told = new ArrayList<String>();
        for (var event = watch.poll(); event.isPresent(); event = watch.poll()) {
            told.add(event.get().type() + " " + event.get().object().name());
        }
        return told;
    }

    @Test
    void resumesAfterARevision() {
        long first = put("a", "x");
        put("a", "y");
        assertEquals(List.of("ADDED y"), drained(watch("a", first)));
    }

    @Test
    void keepsNamespacesApart() {
        try (var one = watch("a", 0); var all = watch("", 0)) {
            put("a", "x");
            put("a-b", "y");
            assertEquals(List.of("ADDED x"), drained(one));
            assertEquals(List.of("ADDED x", "ADDED y"), drained(all));
        }
    }

    @Test
    void allWatchesTellTheSameObject() {
        try (var one = watch("a", 0); var other = watch("", 0)) {
            put("a", "x");
            var told = one.poll().orElseThrow().object();
            assertSame(told, other.poll().orElseThrow().object());
            store.commit(Write.delete(TYPE + "a/x"));
            var gone = one.poll().orElseThrow();
            assertEquals(WatchEvent.Type.DELETED, gone.type());
            assertSame(gone.object(), other.poll().orElseThrow().object());
        }
    }

    @Test
    void tellsThatARevisionIsTooOld() {
        long first = put("a", "x");
        watch("a", first);
        for (int i = 0; i < 10; i++) {
            put("a", "x");
        }
        var watch = watch("a", first);
        var event = watch.poll().orElseThrow();
        assertEquals(WatchEvent.Type.ERROR, event.type());
        assertEquals("Expired", event.object().tree().text("reason"));
        assertEquals("too old resource version: " + first + " (" + (first + 6) + ")",
                event.object().tree().text("message"));
        assertTrue(watch.ended());
    }

    @Test
    void cutsOffASlowReader() {
        var slow = watch("a", 0);
        for (int i = 0; i < 10; i++) {
            put("a", "x");
        }
        var event = slow.poll().orElseThrow();
        assertEquals(WatchEvent.Type.ERROR, event.type());
        assertEquals(410, event.object().tree().at("code").number(0));
        assertTrue(slow.ended());
        assertTrue(slow.poll().isEmpty());
        assertEquals(1, hub.expired());
    }

    @Test
    void refusesARevisionOfTheFuture() {
        long newest = put("a", "x");
        var refusal = assertThrows(ApiException.class, () -> watch("a", newest + 1));
        assertEquals("Timeout: Too large resource version: " + (newest + 1) + ", current: " + newest,
                refusal.getMessage());
        assertEquals("ResourceVersionTooLarge",
                refusal.details().array("causes").at(0).object().text("reason"));
    }

    @Test
    void tellsAnIdleWatchOfProgress() {
        try (var watch = watch("a", 0)) {
            put("a", "x");
            drained(watch);
            long other = put("b", "y");
            hub.step(Instant.EPOCH);
            var event = watch.poll().orElseThrow();
            assertEquals(WatchEvent.Type.BOOKMARK, event.type());
            assertEquals(Long.toString(other), event.object().resourceVersion());
            assertTrue(watch.poll().isEmpty());
        }
    }

    @Test
    void tellsAnIdleWatchOfTheProgressOfOtherTypes() {
        try (var watch = watch("a", 0)) {
            put("a", "x");
            drained(watch);
            long other = store.commit(Write.put("core/secrets/a/y",
                    revision -> KubeObject.named(Kinds.SECRETS, "a", "y")));
            hub.step(Instant.EPOCH);
            assertEquals(Long.toString(other), watch.poll().orElseThrow().object().resourceVersion());
        }
    }

    @Test
    void endsTheWatchesOfATypeThatGoes() {
        var watch = watch("a", 0);
        hub.end(TYPE);
        assertTrue(watch.ended());
        put("a", "x");
        assertEquals(List.of("ADDED x"), drained(watch("a", 0)));
    }

    @Test
    void wakesItsReader() {
        var woken = new AtomicInteger();
        try (var watch = watch("a", 0)) {
            watch.onReady(woken::incrementAndGet);
            assertEquals(0, woken.get());
            put("b", "y");
            assertEquals(0, woken.get());
            put("a", "x");
            assertEquals(1, woken.get());
            watch.onReady(woken::incrementAndGet);
            assertEquals(2, woken.get());
        }
        assertEquals(3, woken.get());
    }

    @Test
    void tellsNothingOnceClosed() {
        var watch = watch("a", 0);
        put("a", "x");
        watch.close();
        assertTrue(watch.poll().isEmpty());
        assertTrue(watch.ended());
    }
}
