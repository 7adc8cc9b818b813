package dev.starling.app.scenario;

import dev.starling.apiserver.admission.Admissions;
import dev.starling.apiserver.kinds.Bootstrap;
import dev.starling.apiserver.kinds.BuiltInKinds;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.ExpirySweep;
import dev.starling.apiserver.registry.Registry;
import dev.starling.apiserver.registry.RegistryParts;
import dev.starling.apiserver.registry.TokenIssuer;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.validation.Validation;
import dev.starling.apiserver.watch.WatchHub;
import dev.starling.apiserver.watch.WatchSettings;
import dev.starling.control.ControlSettings;
import dev.starling.control.Controllers;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.loop.SimulationDriver;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import dev.starling.node.agent.NodeImages;
import dev.starling.node.agent.NodeRuntime;
import dev.starling.node.agent.NodeSettings;
import dev.starling.node.agent.VirtualNodes;
import dev.starling.node.pool.Pool;
import dev.starling.node.pool.PoolSettings;
import dev.starling.node.simulated.SimulatedRuntime;
import dev.starling.node.simulated.SimulationSettings;
import dev.starling.store.MemoryStore;
import dev.starling.store.StoreSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Everything between the API's registry and a simulated runtime, called from one thread on a virtual clock. */
final class SimulatedCluster implements AutoCloseable {
    static final String NODE = "starling-virtual-0";
    private static final Schemas SCHEMAS = Schemas.builtIn();

    final SimulationDriver driver;
    final SimulatedRuntime runtime;
    final ScriptedImages images = new ScriptedImages();
    final ScriptedUsage usage;
    final Map<ResourceType, Informer> informers = new LinkedHashMap<>();
    private final MemoryStore<KubeObject> store;
    private final WatchHub hub;
    private final Registry registry;
    private final Deque<AutoCloseable> running = new ArrayDeque<>();

    /** What differs from test to test. */
    record Settings(long seed, Instant start, Duration heartbeat, SimulationSettings size) {
        static Settings at(Instant start) {
            return new Settings(7, start, Duration.ofSeconds(10),
                    new SimulationSettings(4_100, 8L << 30, Duration.ZERO, Set.of()));
        }

        Settings seeded(long other) {
            return new Settings(other, start, heartbeat, size);
        }

        Settings beating(Duration every) {
            return new Settings(seed, start, every, size);
        }
    }

    SimulatedCluster(Settings settings, Path folder) {
        driver = new SimulationDriver(settings.seed(), settings.start());
        store = new MemoryStore<>(StoreSettings.defaults(), driver.clock());
        hub = new WatchHub(store, WatchSettings.DEFAULT);
        usage = new ScriptedUsage(this::list, driver.clock());
        var random = new Random(settings.seed());
        TokenIssuer tokens = wish -> new TokenIssuer.Token("token", wish.audiences(),
                driver.clock().instant().plus(wish.lifetime()));
        var kinds = new BuiltInKinds(new BuiltInKinds.Parts(type -> Validation.schema(SCHEMAS, type),
                AddressRange.parse("10.96.0.0/16"), Registry.reading(store), tokens, driver.clock(), random));
        var admissions = Admissions.of(kinds, Admissions.Parts.alone(store, List.of(images), random));
        registry = new Registry(new RegistryParts(store, hub, kinds.kinds(), List.of(usage), admissions.stations(),
                admissions.gates(), driver.clock(), random));
        new Bootstrap(api("bootstrap")).run(new Bootstrap.Entrance("10.96.0.1", "192.0.2.1", 6443));
        running.push(driver.start(hub));
        running.push(driver.start(new ExpirySweep(registry, kinds.kinds())));
        running.push(Controllers.start(this::api, driver, ControlSettings.DEFAULT.withCertificate("PEM")));
        runtime = new SimulatedRuntime(driver, settings.size(), delay -> { });
        startNode(NodeSettings.of(NODE, "10.63.0.1", folder.resolve("pods")), settings.heartbeat());
        run(Duration.ofSeconds(3));
    }

    private void startNode(NodeSettings plain, Duration heartbeat) {
        var settings = new NodeSettings(plain.name(), plain.address(), plain.labels(), plain.taint(),
                plain.dataFolder(), plain.files(), plain.memoryFolder(), heartbeat, plain.removeAtStop());
        List.of(Kinds.PODS, Kinds.CONFIG_MAPS, Kinds.SECRETS, Kinds.SERVICES, Kinds.SERVICE_ACCOUNTS,
                Kinds.RUNTIME_CLASSES, Kinds.DEPLOYMENTS, Kinds.REPLICA_SETS, Kinds.JOBS, Kinds.EVENTS)
                .forEach(type -> informers.put(type, new Informer(api("virtual-node"), type)));
        var pool = new Pool(runtime, PoolSettings.DEFAULT, driver);
        var events = new EventRecorder(api("virtual-node"), NODE, driver);
        var seen = new NodeImages(of(Kinds.PODS), of(Kinds.CONFIG_MAPS), of(Kinds.SECRETS), of(Kinds.SERVICES),
                of(Kinds.SERVICE_ACCOUNTS), of(Kinds.RUNTIME_CLASSES));
        var node = new VirtualNodes(api("virtual-node"), seen, driver,
                List.of(new VirtualNodes.Wanted(settings, new NodeRuntime(runtime, pool, events))));
        running.push(events.start());
        running.push(pool.start());
        running.push(node.start());
        informers.values().forEach(informer -> running.push(informer.start(driver)));
    }

    private Informer of(ResourceType type) {
        return informers.get(type);
    }

    KubeApi api(String component) {
        return registry.as(Caller.component(component));
    }

    KubeApi api() {
        return api("test");
    }

    Instant now() {
        return driver.clock().instant();
    }

    void run(Duration time) {
        driver.runFor(time);
    }

    void runUntil(Instant time) {
        driver.runFor(Duration.between(now(), time));
    }

    /** Whether the API serves objects of this kind, as stored ones. */
    static boolean serves(KubeObject object) {
        return Kinds.STORED.stream().anyMatch(type -> type.kind().equals(object.kind())
                && type.apiVersion().equals(object.apiVersion()));
    }

    /** Creates an object in the namespace default, unless it says otherwise. */
    KubeObject create(KubeObject object) {
        var type = Kinds.STORED.stream().filter(t -> t.kind().equals(object.kind())).findFirst().orElseThrow();
        String namespace = object.namespace().isEmpty() ? "default" : object.namespace();
        return api().create(type.key(type.namespaced() ? namespace : "", object.name()), object);
    }

    void create(List<KubeObject> objects) {
        objects.forEach(this::create);
    }

    void create(String yaml) {
        Yaml.documents(yaml).forEach(document -> create(KubeObject.of(document.object())));
    }

    void makeProfile() {
        create("{apiVersion: starling.dev/v1, kind: FargateProfile, metadata: {name: fp-default}, "
                + "spec: {selectors: [{namespace: default}]}}");
    }

    List<KubeObject> list(ResourceType type) {
        return api().list(ListQuery.all(type)).items();
    }

    Optional<KubeObject> find(ObjectKey key) {
        try {
            return Optional.of(api().get(key));
        } catch (ApiException e) {
            if (e.is(ApiException.Reason.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    List<KubeObject> pods(String label, String value) {
        return list(Kinds.PODS).stream().filter(pod -> value.equals(pod.labels().get(label))).toList();
    }

    static String phase(KubeObject pod) {
        return pod.status().text("phase");
    }

    void alsoClose(AutoCloseable part) {
        running.push(part);
    }

    @Override
    public void close() throws Exception {
        while (!running.isEmpty()) {
            running.pop().close();
        }
        runtime.close();
        hub.close();
        store.close();
    }
}
