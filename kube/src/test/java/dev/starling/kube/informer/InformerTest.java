package dev.starling.kube.informer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.loop.SimulationDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InformerTest {
    private final ScriptedApi api = new ScriptedApi();
    private final SimulationDriver driver = new SimulationDriver(7, Instant.EPOCH);
    private final List<String> heard = new ArrayList<>();
    private final Informer informer = new Informer(api, Kinds.PODS)
            .index("app", pod -> List.of(pod.labels().getOrDefault("app", "")))
            .onChange((before, after) -> heard.add(before.map(KubeObject::uid).orElse("-") + ">"
                    + after.map(KubeObject::uid).orElse("-")));

    private static KubeObject pod(String name, String uid, String app) {
        return KubeObject.named(Kinds.PODS, "shop", name).with(uid, "metadata", "uid")
                .with(app, "metadata", "labels", "app");
    }

    private void run() {
        driver.runFor(Duration.ofSeconds(1));
    }

    private List<String> under(String app) {
        return informer.by("app", app).stream().map(KubeObject::name).sorted().toList();
    }

    @Test
    void followsTheListAndThenTheWatch() {
        api.put(pod("a", "u1", "web"));
        informer.start(driver);
        run();
        assertTrue(informer.synced());
        api.put(pod("a", "u1", "db"));
        var last = api.put(pod("b", "u2", "web"));
        run();
        assertEquals(List.of("->u1", "u1>u1", "->u2"), heard);
        assertEquals(List.of("b"), under("web"));
        assertEquals(List.of("a"), under("db"));
        assertEquals(Long.parseLong(last.resourceVersion()), informer.revision());
        assertEquals(1, api.lists());
    }

    @Test
    void takesALongListInByParts() {
        for (int i = 0; i < 600; i++) {
            api.put(pod("p" + i, "u" + i, "web"));
        }
        assertFalse(informer.patient());
        assertEquals(Loop.Next.AGAIN, informer.step(Instant.EPOCH));
        assertTrue(informer.patient());
        assertFalse(informer.synced());
        assertEquals(0, informer.revision());
        var meanwhile = api.put(pod("p0", "u0", "db"));
        assertEquals(Loop.Next.AGAIN, informer.step(Instant.EPOCH));
        assertEquals(Loop.Next.WHEN_WOKEN, informer.step(Instant.EPOCH));
        assertFalse(informer.patient());
        assertTrue(informer.synced());
        assertEquals(600, informer.all().size());
        assertEquals(1, api.lists());
        assertTrue(informer.revision() < Long.parseLong(meanwhile.resourceVersion()));
    }

    @Test
    void tellsWhatHappenedWhileItsWatchWasLost() {
        api.put(pod("a", "u1", "web"));
        api.put(pod("b", "u2", "web"));
        api.put(pod("c", "u3", "web"));
        informer.start(driver);
        run();
        heard.clear();
        api.cut();
        api.remove("shop/a");
        api.remove("shop/b");
        api.put(pod("b", "u4", "db"));
        run();
        assertEquals(List.of("u1>-", "u2>-", "->u4"), heard);
        assertEquals(List.of("c"), under("web"));
        assertEquals(List.of("b"), under("db"));
    }

    @Test
    void listsAnewAfterAnErrorEvent() {
        informer.start(driver);
        run();
        api.tell(WatchEvent.error(ApiException.expired("too old")));
        api.put(pod("a", "u1", "web"));
        run();
        assertEquals(2, api.lists());
        assertEquals(1, api.watches());
        assertEquals(List.of("a"), under("web"));
    }

    @Test
    void asksLessAndLessOftenWhileTheApiRefuses() {
        api.down(true);
        informer.start(driver);
        driver.runFor(Duration.ofMinutes(1));
        assertTrue(api.lists() < 25, "lists: " + api.lists());
        api.down(false);
        api.put(pod("a", "u1", "web"));
        driver.runFor(Duration.ofSeconds(6));
        assertEquals(List.of("->u1"), heard);
    }

    @Test
    void movesItsRevisionWithBookmarks() {
        informer.start(driver);
        run();
        api.tell(ScriptedApi.bookmark(99));
        run();
        assertEquals(99, informer.revision());
        assertEquals(0, informer.all().size());
    }

    @Test
    void seesItsNamespaceOnly() {
        var other = new Informer(api, ListQuery.in(Kinds.PODS, "lab"));
        api.put(pod("a", "u1", "web"));
        other.start(driver);
        run();
        api.put(pod("b", "u2", "web"));
        api.put(KubeObject.named(Kinds.PODS, "lab", "c"));
        run();
        assertEquals(List.of("c"), other.all().stream().map(KubeObject::name).toList());
    }

    @Test
    void endsItsWatchWhenItIsClosed() throws Exception {
        var started = informer.start(driver);
        run();
        started.close();
        assertEquals(0, api.watches());
    }
}
