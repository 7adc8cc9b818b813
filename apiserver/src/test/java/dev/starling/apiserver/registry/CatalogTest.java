package dev.starling.apiserver.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.FieldSelector;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.store.MemoryStore;
import dev.starling.store.RevisionStore;
import dev.starling.store.StoreSettings;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Kinds that come and go while the server runs, and kinds of several versions. */
final class CatalogTest {
    private static final ResourceType OLD = new ResourceType("example.com", "v1", "widgets", "Widget", true);
    private static final ResourceType NEW = new ResourceType("example.com", "v2", "widgets", "Widget", true);
    private final TestRegistry test = TestRegistry.inMemory();
    private final Registry registry = test.registry();
    private final KubeApi api = test.api();

    @AfterEach
    void close() {
        test.close();
    }

    /** The old version says {@code colour} where the stored one says {@code color}. */
    private enum Spelling implements Conversion {
        BRITISH;

        @Override
        public KubeObject stored(KubeObject served) {
            return renamed(served, "colour", "color").with(NEW.apiVersion(), "apiVersion");
        }

        @Override
        public KubeObject served(KubeObject stored) {
            return renamed(stored, "color", "colour").with(OLD.apiVersion(), "apiVersion");
        }

        private static KubeObject renamed(KubeObject object, String from, String to) {
            return object.tree().find(from).map(value -> object.without(from).with(value, to)).orElse(object);
        }
    }

    private void serveBoth() {
        var stored = Kind.of(ServedResource.stored(NEW), KindRules.PLAIN);
        var old = Kind.of(ServedResource.stored(OLD), KindRules.PLAIN)
                .with(new Kind.Storage(NEW, Spelling.BRITISH));
        registry.serve(List.of(), List.of(stored, old));
    }

    private static KubeObject widget(ResourceType type, String name) {
        return KubeObject.named(type, "default", name);
    }

    @Test
    void versionsShareWhatIsStored() {
        serveBoth();
        var made = api.create(OLD.key("default", "w"), widget(OLD, "w").with("red", "colour"));
        assertEquals("red", made.tree().text("colour"));
        assertEquals("example.com/v1", made.apiVersion());
        var other = api.get(NEW.key("default", "w"));
        assertEquals("red example.com/v2", other.tree().text("color") + " " + other.apiVersion());
        assertEquals(made.resourceVersion(), other.resourceVersion());
        assertEquals("red", api.list(ListQuery.all(OLD)).items().getFirst().tree().text("colour"));
    }

    @Test
    void patchesAndWatchesSpeakTheVersionOfTheirCaller() {
        serveBoth();
        api.create(NEW.key("default", "w"), widget(NEW, "w").with("red", "color"));
        try (var watch = api.watch(WatchQuery.after(OLD, "", ""))) {
            assertEquals("red", watch.poll().orElseThrow().object().tree().text("colour"));
            api.patch(OLD.key("default", "w"), new Patch.Merge(JsonObject.of("colour", "blue")));
            assertEquals("blue", watch.poll().orElseThrow().object().tree().text("colour"));
        }
        assertEquals("blue", api.get(NEW.key("default", "w")).tree().text("color"));
    }

    @Test
    void whatGoesIsRefusedAndItsWatchesEnd() {
        serveBoth();
        var watch = api.watch(WatchQuery.after(NEW, "", ""));
        registry.serve(List.of(OLD, NEW), List.of());
        assertTrue(watch.ended());
        var refusal = assertThrows(ApiException.class, () -> api.list(ListQuery.all(NEW)));
        assertEquals(ApiException.Reason.NOT_FOUND, refusal.reason());
    }

    @Test
    void aTypeIsServedOnce() {
        serveBoth();
        assertThrows(IllegalArgumentException.class, this::serveBoth);
        assertSame(registry.catalog().served(), registry.catalog().served());
    }

    @Test
    void aRevisionOfZeroOverwritesWhateverIsThere() {
        serveBoth();
        api.create(NEW.key("default", "w"), widget(NEW, "w"));
        var wanted = widget(NEW, "w").with("0", "metadata", "resourceVersion").with("red", "color");
        assertEquals("red", api.update(NEW.key("default", "w"), wanted).tree().text("color"));
    }

    @Test
    void pagesOfWhatAFilterLetsThroughFollowEachOther() {
        serveBoth();
        for (int i = 0; i < 10; i++) {
            api.create(NEW.key("default", "w" + i), widget(NEW, "w" + i));
        }
        var query = new ListQuery(NEW, "default", ListQuery.all(NEW).labels(),
                FieldSelector.parse("metadata.name!=w0,metadata.name!=w5"), 4, "", "", "");
        var first = api.list(query);
        var second = api.list(query.withPage(4, first.continueToken()));
        assertEquals(List.of("w1", "w2", "w3", "w4"), first.items().stream().map(KubeObject::name).toList());
        assertEquals(List.of("w6", "w7", "w8", "w9"), second.items().stream().map(KubeObject::name).toList());
        assertEquals("", second.continueToken());
    }

    @Test
    void aFilterThatLetsLittleThroughCostsOneWalk() {
        var walks = new AtomicInteger();
        try (var counted = TestRegistry.over(counting(walks))) {
            var maps = counted.api();
            for (int i = 0; i < 20; i++) {
                maps.create(Kinds.CONFIG_MAPS.key("default", "m" + i), Objects.configMap("m" + i));
            }
            walks.set(0);
            var found = maps.list(new ListQuery(Kinds.CONFIG_MAPS, "default", ListQuery.all(NEW).labels(),
                    FieldSelector.parse("metadata.name=none"), 1, "", "", ""));
            assertTrue(found.items().isEmpty());
            assertEquals(1, walks.get());
        }
    }

    @SuppressWarnings("unchecked")
    private static RevisionStore<KubeObject> counting(AtomicInteger walks) {
        var store = new MemoryStore<KubeObject>(StoreSettings.defaults(), InstantSource.system());
        return (RevisionStore<KubeObject>) Proxy.newProxyInstance(CatalogTest.class.getClassLoader(),
                new Class<?>[] {RevisionStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("range")) {
                        walks.incrementAndGet();
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
