package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KubeApiContract;
import dev.starling.apiserver.registry.ObjectCodec;
import dev.starling.kube.api.KubeApi;
import dev.starling.store.DiskStore;
import dev.starling.store.StoreSettings;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

final class InProcessDiskTest extends KubeApiContract {
    @TempDir
    private Path folder;
    private TestRegistry server;

    @BeforeEach
    void open() {
        server = TestRegistry.over(DiskStore.open(folder, new ObjectCodec(), StoreSettings.defaults(),
                InstantSource.system()));
    }

    @Override
    protected KubeApi api() {
        return server.api();
    }

    @AfterEach
    void close() {
        server.close();
    }
}
