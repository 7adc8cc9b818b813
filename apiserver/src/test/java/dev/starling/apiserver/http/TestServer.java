package dev.starling.apiserver.http;

import dev.starling.apiserver.access.Access;
import dev.starling.apiserver.access.Certificates;
import dev.starling.apiserver.access.ServerName;
import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.http.HttpApi;
import dev.starling.kube.http.Kubeconfig;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A whole API server on a free port over a registry in memory, with its certificates in a test's folder. */
final class TestServer implements AutoCloseable {
    private static final Schemas SCHEMAS = Schemas.builtIn();

    private final TestRegistry registry;
    private final FakePodStreams streams = new FakePodStreams();
    private final Certificates certificates;
    private final ApiServer server;
    private final Path kubeconfig;

    TestServer(Path folder, ServerSettings settings) {
        this(folder, settings, TestRegistry.inMemory());
    }

    TestServer(Path folder, ServerSettings settings, TestRegistry registry) {
        this.registry = registry;
        var clock = InstantSource.system();
        certificates = Certificates.open(folder.resolve("pki"), List.of(ServerName.of("127.0.0.1"),
                ServerName.of("localhost")), clock);
        server = new ApiServer(new ApiServer.Parts(settings, registry.registry(),
                Access.fixed(certificates, registry.registry().reader(), clock), certificates, streams,
                Map.of(), SCHEMAS,
                List.of(), List.of(new HealthCheck("store", () -> true)), "v1.34.0+starling", clock, new Random(3)));
        kubeconfig = folder.resolve("kubeconfig");
        certificates.writeKubeconfig(kubeconfig, "test", "https://127.0.0.1:" + server.port());
    }

    static TestServer in(Path folder) {
        return new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0));
    }

    TestRegistry registry() {
        return registry;
    }

    FakePodStreams streams() {
        return streams;
    }

    Certificates certificates() {
        return certificates;
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    int port() {
        return server.port();
    }

    /** A client with the administrator's certificate. */
    HttpApi client() {
        return new HttpApi(Kubeconfig.read(kubeconfig).access());
    }

    @Override
    public void close() {
        server.close();
        registry.close();
    }
}
