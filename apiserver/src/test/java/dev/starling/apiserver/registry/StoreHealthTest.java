package dev.starling.apiserver.registry;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.store.MemoryStore;
import dev.starling.store.StoreSettings;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class StoreHealthTest {

    @Test
    void aStoreThatHasEndedIsNoticedOnceTheLastAnswerIsOld() {
        var clock = new TestRegistry.Clock();
        var store = new MemoryStore<String>(StoreSettings.defaults(), InstantSource.system());
        var health = new StoreHealth(store, clock);
        assertTrue(health.works());
        store.close();
        assertTrue(health.works());
        clock.pass(Duration.ofSeconds(2));
        assertFalse(health.works());
    }
}
