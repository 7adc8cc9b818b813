package dev.starling.store;

import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

final class DiskStoreTest extends RevisionStoreContract {

    @TempDir
    Path folder;

    @Override
    protected RevisionStore<String> open(StoreSettings settings, InstantSource clock) {
        return DiskStore.open(folder, StringCodec.UTF_8, settings, clock);
    }
}
