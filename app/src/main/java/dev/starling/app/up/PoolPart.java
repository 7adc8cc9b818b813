package dev.starling.app.up;

import dev.starling.gateway.service.HealthPorts;
import dev.starling.gateway.service.KernelNetwork;
import dev.starling.gateway.service.ServiceProxy;
import dev.starling.kube.api.PodStreams;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.object.Kinds;
import dev.starling.node.agent.NodeImages;
import dev.starling.node.agent.NodeSettings;
import dev.starling.node.agent.VirtualNode;
import dev.starling.node.cri.ContainerdSettings;
import dev.starling.node.cri.CriRuntime;
import dev.starling.node.host.Folders;
import dev.starling.node.host.InstanceNames;
import dev.starling.node.metrics.PodUsage;
import dev.starling.node.metrics.UsageSettings;
import dev.starling.node.pod.PodFolders;
import dev.starling.node.pool.Pool;
import dev.starling.node.pool.PoolSettings;
import dev.starling.node.runtime.ContainerRuntime;
import dev.starling.node.runtime.Images;
import dev.starling.node.simulated.SimulatedRuntime;
import dev.starling.node.simulated.SimulationSettings;
import dev.starling.node.streams.NodeStreams;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** The pool of this machine, shown as one virtual node, and the addresses by which its pods are reached. */
final class PoolPart implements AutoCloseable {
    /** By which name the node writes. */
    static final String COMPONENT = "virtual-node";
    private static final String NODE = "starling-virtual-0";
    /** How long a stop waits for pods; each has its own grace period below that. */
    private static final Duration DRAIN = Duration.ofSeconds(40);

    private static final Duration SAMPLE_EVERY = Duration.ofSeconds(2);

    private static final Path MEMORY = Path.of("/dev/shm");

    private final Undo undo = new Undo();
    private final Path memory;
    private final ContainerRuntime runtime;
    private final VirtualNode node;
    private final NodeStreams streams;
    private final PodUsage usage;
    private final UpSettings settings;

    PoolPart(UpSettings settings, DataFolder folder, String serviceRange, ApiPart api, Driver driver) {
        this.settings = settings;
        this.runtime = runtime(settings, folder, driver);
        try {
            var facts = runtime.facts();
            var informers = new SharedInformers(api.as(COMPONENT));
            var events = new EventRecorder(api.as(COMPONENT), "starling", driver);
            undo.later("node events", events.start());
            api.measure(events);
            var pool = new Pool(runtime, PoolSettings.DEFAULT.withWarm(settings.warm()), driver);
            undo.later("pool", pool.start());
            memory = memoryFolder(folder);
            var plain = NodeSettings.of(NODE, facts.hostAddress(), folder.pods());
            var nodeSettings = Files.isWritable(MEMORY) ? plain.withMemoryFolder(memory) : plain;
            var images = new NodeImages(informers.of(Kinds.PODS), informers.of(Kinds.CONFIG_MAPS),
                    informers.of(Kinds.SECRETS), informers.of(Kinds.SERVICES), informers.of(Kinds.SERVICE_ACCOUNTS),
                    informers.of(Kinds.RUNTIME_CLASSES));
            node = new VirtualNode(nodeSettings, api.as(COMPONENT), images,
                    new VirtualNode.NodeRuntime(runtime, pool, events), driver);
            usage = new PodUsage(runtime, node, NODE, new UsageSettings(SAMPLE_EVERY), driver);
            undo.later("usage", usage.start());
            streams = new NodeStreams(node, runtime, PodFolders.below(folder.pods()));
            if (settings.runtime() == UpSettings.Runtime.CONTAINERD) {
                api.measure(serveAddresses(folder, serviceRange, informers, driver));
                api.admitPods(facts.hostAddress());
            }
            undo.later("node", node.start());
            undo.later("node informers", informers.start(driver));
        } catch (RuntimeException e) {
            undo.close();
            giveUp(e);
            throw e;
        }
    }

    /** Takes away what this start brought up; containers of an earlier process stay for the next one. */
    private void giveUp(RuntimeException cause) {
        try {
            if (runtime.containers().isEmpty()) {
                runtime.shutdown();
            } else {
                runtime.close();
            }
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /** Where volumes in memory of one instance are. */
    static Path memoryFolder(DataFolder folder) {
        return MEMORY.resolve("starling-" + InstanceNames.of(folder.path()).key());
    }

    private static ContainerRuntime runtime(UpSettings settings, DataFolder folder, Driver driver) {
        return switch (settings.runtime()) {
            case CONTAINERD -> CriRuntime.open(new ContainerdSettings(folder.path(),
                    settings.mirrors().stream().map(PoolPart::mirror).toList(),
                    Optional.ofNullable(System.getProperty("starling.images")).map(Path::of)));
            case SIMULATED -> new SimulatedRuntime(driver, SimulationSettings.DEFAULT,
                    time -> LockSupport.parkNanos(time.toNanos()));
        };
    }

    private static ContainerdSettings.Mirror mirror(String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw new StartException("--mirror takes REGISTRY=URL, not " + text);
        }
        return new ContainerdSettings.Mirror(text.substring(0, equals), text.substring(equals + 1));
    }

    private HealthPorts serveAddresses(DataFolder folder, String range, SharedInformers informers, Driver driver) {
        var network = KernelNetwork.ofThisProcess();
        var balanced = settings.services().balanced();
        try {
            ServiceProxy.claim(balanced, folder.balanced(), network);
        } catch (KernelNetwork.RefusedException e) {
            throw new StartException("--load-balancer-range: " + e.getMessage(), e);
        }
        folder.recordBalanced(balanced);
        undo.later("load balancer range", () -> folder.recordBalanced(Optional.empty()));
        var facts = runtime.facts();
        var here = new ServiceProxy.Node(NODE, facts.hostAddress(), AddressRange.parse(facts.podRange()));
        var proxy = new ServiceProxy(proxySettings(folder, range, balanced), here, network,
                informers.of(Kinds.SERVICES), informers.of(Kinds.ENDPOINT_SLICES));
        undo.later("service addresses", proxy);
        proxy.start(driver);
        return undo.with("health ports", new HealthPorts(NODE, informers.of(Kinds.SERVICES),
                informers.of(Kinds.ENDPOINT_SLICES), driver).start());
    }

    static ServiceProxy.Settings proxySettings(DataFolder folder, String range, Optional<AddressRange> balanced) {
        return new ServiceProxy.Settings(InstanceNames.of(folder.path()).table() + "-services", range, balanced);
    }

    /** What pods and the node use, as {@code metrics.k8s.io} tells it. */
    PodUsage usage() {
        return usage;
    }

    PodStreams streams() {
        return streams;
    }

    Images images() {
        return runtime.images();
    }

    /** For a person: {@code containerd 1.6.20 (crun)}. */
    String facts() {
        var facts = runtime.facts();
        return facts.name() + " " + facts.version() + " (" + String.join(", ", facts.handlers()) + ")";
    }

    boolean ready() {
        return node.ready();
    }

    /** Ends the pods gracefully, then the runtime with all that it made on this machine. */
    @Override
    public void close() {
        var steps = new Undo();
        steps.later("memory", () -> Folders.remove(memory));
        steps.later("runtime", runtime::shutdown);
        steps.later("parts", undo);
        steps.later("pods", () -> node.drain(DRAIN));
        steps.close();
    }
}
