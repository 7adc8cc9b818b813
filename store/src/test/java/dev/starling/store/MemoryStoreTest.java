package dev.starling.store;

import java.time.InstantSource;

final class MemoryStoreTest extends RevisionStoreContract {

    @Override
    protected RevisionStore<String> open(StoreSettings settings, InstantSource clock) {
        return new MemoryStore<>(settings, clock);
    }
}
