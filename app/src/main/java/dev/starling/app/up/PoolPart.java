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
import dev.starling.node.agent.NodeRuntime;
import dev.starling.node.agent.NodeSettings;
import dev.starling.node.agent.VirtualNodes;
import dev.starling.node.cri.ContainerdSettings;
import dev.starling.node.cri.CriRuntime;
import dev.starling.node.host.Folders;
import dev.starling.node.host.InstanceNames;
import dev.starling.node.metrics.PodUsage;
import dev.starling.node.metrics.UsageSettings;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The pools of this process, each shown as one virtual node, and the addresses by which their pods are reached. */
final class PoolPart implements AutoCloseable {
    /** By which name the nodes write. */
    static final String COMPONENT = "virtual-node";
    private static final String NODE = "starling-virtual-";
    /** How long a stop waits for pods; each has its own grace period below that. */
    private static final Duration DRAIN = Duration.ofSeconds(40);

    private static final Duration SAMPLE_EVERY = Duration.ofSeconds(2);

    private static final Path MEMORY = Path.of("/dev/shm");

    private final Undo undo = new Undo();
    private final UpSettings settings;
    private final DataFolder folder;
    private final Driver driver;
    private final Path memory;
    private final List<Machine> machines;
    private final VirtualNodes nodes;
    private final NodeStreams streams;
    private final PodUsage usage;

    /** What stands behind one node. */
    private record Machine(String node, ContainerRuntime runtime) {
    }

    PoolPart(UpSettings settings, DataFolder folder, String serviceRange, ApiPart api, Driver driver) {
        this.settings = settings;
        this.folder = folder;
        this.driver = driver;
        this.memory = memoryFolder(folder);
        this.machines = machines();
        try {
            var informers = new SharedInformers(api.as(COMPONENT));
            var events = new EventRecorder(api.as(COMPONENT), "starling", driver);
            undo.later("node events", events.start());
            api.measure(events);
            var images = new NodeImages(informers.of(Kinds.PODS), informers.of(Kinds.CONFIG_MAPS),
                    informers.of(Kinds.SECRETS), informers.of(Kinds.SERVICES), informers.of(Kinds.SERVICE_ACCOUNTS),
                    informers.of(Kinds.RUNTIME_CLASSES));
            nodes = new VirtualNodes(api.as(COMPONENT), images, driver,
                    machines.stream().map(machine -> node(machine, events)).toList());
            usage = new PodUsage(machines.stream().collect(Collectors.toMap(Machine::node, Machine::runtime)), nodes,
                    new UsageSettings(SAMPLE_EVERY), driver);
            undo.later("usage", usage.start());
            streams = new NodeStreams(nodes);
            if (settings.runtime() == UpSettings.Runtime.CONTAINERD) {
                api.measure(serveAddresses(serviceRange, informers));
                api.admitPods(machines.getFirst().runtime().facts().hostAddress());
            }
            undo.later("nodes", nodes.start());
            undo.later("node informers", informers.start(driver));
        } catch (RuntimeException e) {
            undo.close();
            machines.forEach(machine -> giveUp(machine.runtime(), e));
            throw e;
        }
    }

    private List<Machine> machines() {
        return switch (settings.runtime()) {
            case CONTAINERD -> List.of(new Machine(NODE + 0, CriRuntime.open(new ContainerdSettings(folder.path(),
                    settings.mirrors().stream().map(PoolPart::mirror).toList(),
                    Optional.ofNullable(System.getProperty("starling.images")).map(Path::of)))));
            case SIMULATED -> IntStream.range(0, settings.pool().nodes()).mapToObj(i -> new Machine(NODE + i,
                    new SimulatedRuntime(driver, simulated().numbered(i),
                            time -> LockSupport.parkNanos(time.toNanos())))).toList();
        };
    }

    private SimulationSettings simulated() {
        var usual = SimulationSettings.DEFAULT;
        return settings.pool().size().map(size -> new SimulationSettings(size.cpuMillis(), size.memoryBytes(),
                usual.startDelay(), usual.absentImages())).orElse(usual);
    }

    private PoolSettings poolSettings() {
        var usual = PoolSettings.DEFAULT.withWarm(settings.pool().warm());
        return settings.pool().size().map(size -> usual.withoutReserves().withPods(size.pods())).orElse(usual);
    }

    private VirtualNodes.Wanted node(Machine machine, EventRecorder events) {
        var pool = new Pool(machine.runtime(), poolSettings(), driver);
        undo.later("pool", pool.start());
        var usual = NodeSettings.of(machine.node(), machine.runtime().facts().hostAddress(), folder.pods());
        var plain = settings.runtime() == UpSettings.Runtime.SIMULATED ? usual.withoutFiles() : usual;
        return new VirtualNodes.Wanted(Files.isWritable(MEMORY) ? plain.withMemoryFolder(memory) : plain,
                new NodeRuntime(machine.runtime(), pool, events));
    }

    /** Takes away what this start brought up; containers of an earlier process stay for the next one. */
    private static void giveUp(ContainerRuntime runtime, RuntimeException cause) {
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

    private static ContainerdSettings.Mirror mirror(String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw new StartException("--mirror takes REGISTRY=URL, not " + text);
        }
        return new ContainerdSettings.Mirror(text.substring(0, equals), text.substring(equals + 1));
    }

    private HealthPorts serveAddresses(String range, SharedInformers informers) {
        var network = KernelNetwork.ofThisProcess();
        var balanced = settings.services().balanced();
        try {
            ServiceProxy.claim(balanced, folder.balanced(), network);
        } catch (KernelNetwork.RefusedException e) {
            throw new StartException("--load-balancer-range: " + e.getMessage(), e);
        }
        folder.recordBalanced(balanced);
        undo.later("load balancer range", () -> folder.recordBalanced(Optional.empty()));
        var machine = machines.getFirst();
        var facts = machine.runtime().facts();
        var here = new ServiceProxy.Node(machine.node(), facts.hostAddress(), AddressRange.parse(facts.podRange()));
        var proxy = new ServiceProxy(proxySettings(folder, range, balanced), here, network,
                informers.of(Kinds.SERVICES), informers.of(Kinds.ENDPOINT_SLICES));
        undo.later("service addresses", proxy);
        proxy.start(driver);
        return undo.with("health ports", new HealthPorts(machine.node(), informers.of(Kinds.SERVICES),
                informers.of(Kinds.ENDPOINT_SLICES), driver).start());
    }

    static ServiceProxy.Settings proxySettings(DataFolder folder, String range, Optional<AddressRange> balanced) {
        return new ServiceProxy.Settings(InstanceNames.of(folder.path()).table() + "-services", range, balanced);
    }

    /** What pods and nodes use, as {@code metrics.k8s.io} tells it. */
    PodUsage usage() {
        return usage;
    }

    PodStreams streams() {
        return streams;
    }

    Images images() {
        return machines.getFirst().runtime().images();
    }

    /** For a person: {@code containerd 1.6.20 (crun)}. */
    String facts() {
        var facts = machines.getFirst().runtime().facts();
        String one = facts.name() + " " + facts.version() + " (" + String.join(", ", facts.handlers()) + ")";
        return machines.size() == 1 ? one : one + " on " + machines.size() + " nodes";
    }

    boolean ready() {
        return nodes.ready();
    }

    /** Ends the pods gracefully, then the runtimes with all that they made on this machine. */
    @Override
    public void close() {
        var steps = new Undo();
        steps.later("memory", () -> Folders.remove(memory));
        machines.forEach(machine -> steps.later("runtime", machine.runtime()::shutdown));
        steps.later("parts", undo);
        steps.later("pods", () -> nodes.drain(DRAIN));
        steps.close();
    }
}
