package dev.starling.control;

import dev.starling.apiserver.registry.ComputedResource;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.loop.ThreadDriver;
import dev.starling.kube.metric.Metric;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.object.Times;
import dev.starling.kube.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The real API in memory, all controllers, and a virtual node whose pods run in no time; one for each test. */
final class TestCluster implements AfterEachCallback, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final AtomicReference<String> cpu = new AtomicReference<>("0");
    private final TestApi server;
    private final InstantNode node;
    private final Controllers controllers;

    TestCluster() {
        server = new TestApi(List.of(metrics()));
        var driver = new ThreadDriver(InstantSource.system());
        controllers = Controllers.start(server::as, driver,
                new ControlSettings("PEM", 4, 12_500, Duration.ofMillis(20),
                        Optional.of(AddressRange.parse("198.51.100.0/30"))));
        node = new InstantNode(server.as("node"), driver);
        apply("""
                apiVersion: v1
                kind: Node
                metadata: {name: pool, labels: {type: virtual-kubelet}}
                status: {allocatable: {cpu: "4", memory: 8Gi, pods: "200"}}
                ---
                apiVersion: starling.dev/v1
                kind: FargateProfile
                metadata: {name: fp-default}
                spec: {selectors: [{namespace: default}]}
                """);
        await(() -> api().list(ListQuery.in(Kinds.SERVICE_ACCOUNTS, "default")).items()
                .stream().findFirst());
    }

    /** Every pod uses the same. */
    private ComputedResource metrics() {
        return new ComputedResource() {
            @Override
            public ResourceType type() {
                return Kinds.POD_METRICS;
            }

            @Override
            public List<KubeObject> list(String namespace) {
                return api().list(ListQuery.in(Kinds.PODS, namespace)).items().stream()
                        .map(TestCluster.this::metrics).toList();
            }

            @Override
            public Optional<KubeObject> find(String namespace, String name) {
                return TestCluster.this.find(Kinds.PODS.key(namespace, name)).map(TestCluster.this::metrics);
            }
        };
    }

    private KubeObject metrics(KubeObject pod) {
        var containers = Yaml.documents("[{name: c, usage: {cpu: \"%s\", memory: 1Mi}}]".formatted(cpu.get()));
        return KubeObject.named(Kinds.POD_METRICS, pod.namespace(), pod.name())
                .with(pod.metadata().object("labels"), "metadata", "labels")
                .with(Times.seconds(Instant.now()), "timestamp").with("0s", "window")
                .with(containers.getFirst(), "containers");
    }

    /** Has every pod use so much CPU from now on. */
    void use(String amount) {
        cpu.set(amount);
    }

    KubeApi api() {
        return server.as("test");
    }

    /** Creates every object of a YAML text in the namespace default, unless it says otherwise. */
    void apply(String yaml) {
        server.apply(yaml);
    }

    List<KubeObject> list(ResourceType type) {
        return api().list(ListQuery.in(type, type.namespaced() ? "default" : "")).items();
    }

    Optional<KubeObject> find(ObjectKey key) {
        try {
            return Optional.of(api().get(key));
        } catch (ApiException e) {
            return Optional.empty();
        }
    }

    /** Waits until something is there. */
    <T> T await(Supplier<Optional<T>> wanted) {
        var end = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(end)) {
            var found = wanted.get();
            if (found.isPresent()) {
                return found.get();
            }
            pause();
        }
        throw new AssertionError("waited in vain; pods " + list(Kinds.PODS).stream().map(KubeObject::tree).toList()
                + " events " + list(Kinds.EVENTS).stream().map(e -> e.tree().text("message")).toList()
                + " metrics " + controllers.metrics());
    }

    void awaitThat(Supplier<Boolean> condition) {
        await(() -> condition.get() ? Optional.of(true) : Optional.empty());
    }

    private static void pause() {
        try {
            new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the controllers measure under a name, by its only label. */
    Map<String, Long> measured(String name) {
        return controllers.metrics().stream().filter(metric -> metric.name().equals(name)).collect(Collectors.toMap(
                metric -> metric.labels().values().iterator().next(), Metric::value));
    }

    @Override
    public void afterEach(ExtensionContext test) {
        close();
    }

    @Override
    public void close() {
        node.close();
        controllers.close();
        server.close();
    }
}
