package dev.starling.apiserver.http;

import dev.starling.apiserver.registry.KubeApiContract;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.http.HttpApi;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

final class HttpApiTest extends KubeApiContract {
    @TempDir
    private Path folder;
    private TestServer server;
    private HttpApi client;

    @BeforeEach
    void open() {
        server = TestServer.in(folder);
        client = server.client();
    }

    @Override
    protected KubeApi api() {
        return client;
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }
}
