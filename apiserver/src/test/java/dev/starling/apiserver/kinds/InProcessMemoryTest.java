package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KubeApiContract;
import dev.starling.kube.api.KubeApi;
import org.junit.jupiter.api.AfterEach;

final class InProcessMemoryTest extends KubeApiContract {
    private final TestRegistry server = TestRegistry.inMemory();

    @Override
    protected KubeApi api() {
        return server.api();
    }

    @AfterEach
    void close() {
        server.close();
    }
}
