package dev.starling.apiserver.http;

import dev.starling.apiserver.access.Certificates;
import dev.starling.apiserver.access.ServerName;
import dev.starling.apiserver.access.csr.CertificateRequests;
import dev.starling.apiserver.access.rbac.BootstrapRoles;
import dev.starling.apiserver.custom.Customs;
import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.apiserver.registry.TokenIssuer;
import dev.starling.apiserver.registry.ObjectCodec;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.validation.Validation;
import dev.starling.apiserver.webhook.Webhooks;
import dev.starling.kube.http.ClusterAccess;
import dev.starling.kube.http.HttpApi;
import dev.starling.kube.http.Kubeconfig;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.loop.ThreadDriver;
import dev.starling.kube.object.Kinds;
import java.net.URI;
import dev.starling.store.Backup;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;

/** A whole API server on a free port over a registry in memory, with its certificates in a test's folder. */
final class TestServer implements AutoCloseable {
    private static final Schemas SCHEMAS = Schemas.builtIn();

    private final TestRegistry registry;
    private final FakePodStreams streams = new FakePodStreams();
    private final Certificates certificates;
    private final Customs customs;
    private final ApiServer server;
    private final Path kubeconfig;

    TestServer(Path folder, ServerSettings settings) {
        this(folder, settings, TestRegistry.inMemory());
    }

    TestServer(Path folder, ServerSettings settings, TestRegistry registry) {
        this(folder, settings, registry, Webhooks.NONE, Operations.Audit.NONE);
    }

    TestServer(Path folder, ServerSettings settings, TestRegistry registry, Operations.Audit audit) {
        this(folder, settings, registry, Webhooks.NONE, audit);
    }

    private TestServer(Path folder, ServerSettings settings, TestRegistry registry, Webhooks webhooks,
            Operations.Audit audit) {
        this.registry = registry;
        var clock = InstantSource.system();
        certificates = Certificates.open(folder.resolve("pki"), List.of(ServerName.of("127.0.0.1"),
                ServerName.of("localhost")), clock);
        registry.admitAlso(certificates.tokenSecrets(clock));
        registry.registry().serve(List.of(), List.of(CertificateRequests.kind(
                Validation.schema(SCHEMAS, Kinds.CERTIFICATE_SIGNING_REQUESTS), certificates.signer(clock), clock)));
        customs = Customs.over(registry.registry(), SCHEMAS, webhooks, new ThreadDriver(clock));
        server = new ApiServer(new ApiServer.Parts(settings, registry.registry(),
                registry.roles().access(certificates.proofs(registry.registry().reader(), clock)), certificates,
                streams, Map.of(), SCHEMAS, List.of(), List.of(new HealthCheck("store", () -> true)),
                "v1.34.0+starling", clock, new Random(3),
                new Operations(to -> Backup.write(registry.store(), new ObjectCodec(), to), audit)));
        kubeconfig = folder.resolve("kubeconfig");
        certificates.writeKubeconfig(kubeconfig, "test", "https://127.0.0.1:" + server.port());
    }

    static TestServer in(Path folder) {
        return new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0));
    }

    /** One that asks these webhooks. */
    static TestServer in(Path folder, Webhooks webhooks) {
        return new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0), TestRegistry.inMemory(), webhooks,
                Operations.Audit.NONE);
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

    /** What asks the servers behind APIServices. */
    Loop availability() {
        return availability(Runnable::run);
    }

    Loop availability(Executor executor) {
        return server.availability(registry.api(), executor);
    }

    int port() {
        return server.port();
    }

    /** Writes the roles that every cluster has. */
    void bootstrapRoles() {
        new BootstrapRoles(registry.api(), () -> { }).step(Instant.EPOCH);
    }

    /** A client with a token of a service account, which must be there. */
    HttpApi accountClient(String namespace, String name) {
        return new HttpApi(ClusterAccess.withToken(URI.create("https://127.0.0.1:" + port()),
                certificates.authorityPem(), token(namespace, name)));
    }

    /** A token of a service account for an hour. */
    String token(String namespace, String name) {
        var account = registry.api().get(Kinds.SERVICE_ACCOUNTS.key(namespace, name));
        return certificates.tokens(InstantSource.system()).issue(new TokenIssuer.Wish(account, List.of(),
                Duration.ofHours(1), Optional.empty())).text();
    }

    /** A client with the administrator's certificate. */
    HttpApi client() {
        return new HttpApi(Kubeconfig.read(kubeconfig).access());
    }

    @Override
    public void close() {
        server.close();
        customs.close();
        registry.close();
    }
}
