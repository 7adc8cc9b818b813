package dev.starling.node.cri;

import dev.starling.node.cri.proto.Cri;
import dev.starling.node.cri.proto.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import dev.starling.node.host.Cgroups;
import dev.starling.node.host.Folders;
import dev.starling.node.host.InstanceNames;
import dev.starling.node.host.NamespaceFiles;
import dev.starling.node.runtime.AttachRequest;
import dev.starling.node.runtime.ContainerRuntime;
import dev.starling.node.runtime.ContainerRuntimeException;
import dev.starling.node.runtime.ContainerSpec;
import dev.starling.node.runtime.ContainerStatus;
import dev.starling.node.runtime.ExecRequest;
import dev.starling.node.runtime.ExecResult;
import dev.starling.node.runtime.Images;
import dev.starling.node.runtime.NotFoundException;
import dev.starling.node.runtime.PodIdentity;
import dev.starling.node.runtime.RuntimeFacts;
import dev.starling.node.runtime.RuntimeUnavailableException;
import dev.starling.node.runtime.Sandbox;
import dev.starling.node.runtime.SandboxSpec;
import dev.starling.node.runtime.SandboxUsage;
import dev.starling.node.runtime.StartException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Runs containers by a containerd of its own. Sandboxes are known by what containerd tells; only their addresses are
 * remembered, because asking for them costs a call each.
 */
public final class CriRuntime implements ContainerRuntime {
    private static final System.Logger LOG = System.getLogger(CriRuntime.class.getName());
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration READ_LIMIT = Duration.ofSeconds(20);
    private static final Duration SHUTDOWN_LIMIT = Duration.ofMinutes(1);
    private static final int PARALLEL_REMOVALS = 8;
    /** How containerd words that a container of this name and attempt is there already. */
    private static final String NAME_IN_USE = "is reserved for";

    private final Containerd containerd;
    private final CriConnection connection;
    private final Cgroups cgroups;
    private final RuntimeFacts facts;
    private final Images images;
    private final ContainerEvents events;
    private final SandboxFolders folders;
    private final SeccompFilters filters;
    private final AttachLane attachLane;
    private final InstantSource clock;
    private final Map<String, Cri.PodSandboxStatus> known = new ConcurrentHashMap<>();

    CriRuntime(CriParts parts, RuntimeFacts facts, InstantSource clock) {
        this.containerd = parts.containerd();
        this.connection = parts.connection();
        this.cgroups = parts.cgroups();
        this.images = parts.images();
        this.events = new ContainerEvents(connection, this::containerIds, this::ended);
        this.folders = new SandboxFolders(containerd);
        this.filters = new SeccompFilters(containerd.config().containerStates());
        this.attachLane = new AttachLane(cgroups);
        this.facts = facts;
        this.clock = clock;
    }

    /** Adopts the containerd of the settings' folder with its containers, or starts one. Needs root. */
    public static CriRuntime open(ContainerdSettings settings) {
        return CriStart.open(settings, InstantSource.system());
    }

    /**
     * Removes what an instance left on the machine, whether or not it runs. Its data folder stays, and no process of
     * it may be using it.
     */
    public static void takeDown(Path dataFolder) {
        InstanceNames names = InstanceNames.of(dataFolder);
        if (Containerd.anythingRuns(names)) {
            try {
                open(ContainerdSettings.in(dataFolder)).shutdown();
                return;
            } catch (ContainerRuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "containerd is of no help, what it ran is killed cause="
                    + e.getMessage());
            }
        }
        Containerd.removeAll(names);
    }

    @Override
    public RuntimeFacts facts() {
        return facts;
    }

    @Override
    public Sandbox createSandbox(SandboxSpec spec) {
        String handler = spec.handler().isEmpty() ? facts.handlers().getFirst() : spec.handler();
        Cri.RunPodSandboxRequest request = Cri.RunPodSandboxRequest.newBuilder()
            .setConfig(CriMessages.sandbox(spec, cgroupParent(spec.name()))).setRuntimeHandler(handler).build();
        Optional<String> id = Optional.empty();
        try {
            id = Optional.of(connection.runtime(LIMIT, stub -> stub.runPodSandbox(request), StartException::new)
                .getPodSandboxId());
            return sandbox(CriMessages.item(fetch(id.get())));
        } catch (RuntimeException e) {
            id.ifPresent(made -> giveUp(made, e));
            cgroups.remove(cgroupParent(spec.name()));
            throw e;
        }
    }

    /** Nobody else knows of a sandbox whose making failed half-way. */
    private void giveUp(String sandboxId, RuntimeException cause) {
        try {
            removeSandbox(sandboxId);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private String cgroupParent(String name) {
        return containerd.names().cgroup() + "/" + name;
    }

    /** The group of the sandbox's own process, which the OCI runtime makes. */
    private String group(Cri.PodSandboxStatus sandbox) {
        return cgroupParent(sandbox.getMetadata().getName()) + "/" + sandbox.getId();
    }

    private Cri.PodSandboxStatus fetch(String sandboxId) {
        Cri.PodSandboxStatus status = connection.runtime(READ_LIMIT, stub -> stub.podSandboxStatus(
            Cri.PodSandboxStatusRequest.newBuilder().setPodSandboxId(sandboxId).build())).getStatus();
        known.put(sandboxId, status);
        return status;
    }

    /** What never changes of a sandbox: its address, names and labels. Its state must be asked for. */
    private Cri.PodSandboxStatus known(String sandboxId) {
        Cri.PodSandboxStatus status = known.get(sandboxId);
        return status == null ? fetch(sandboxId) : status;
    }

    private Sandbox sandbox(Cri.PodSandbox item) {
        String id = item.getId();
        boolean ready = item.getState() == Cri.PodSandboxState.SANDBOX_READY;
        String netns = folders.firstProcess(id).filter(_ -> ready).map(pid -> NamespaceFiles.network(pid).toString())
            .orElse("");
        String name = item.getMetadata().getName();
        return new Sandbox(id, name, item.getRuntimeHandler(), ready, ready ? known(id).getNetwork().getIp() : "",
            netns, cgroupParent(name), folders.owner(id), item.getLabelsMap(),
            CriMessages.instant(item.getCreatedAt()));
    }

    private List<Cri.PodSandbox> items() {
        return connection.runtime(READ_LIMIT, stub -> stub.listPodSandbox(
            Cri.ListPodSandboxRequest.getDefaultInstance())).getItemsList();
    }

    @Override
    public void specialise(String sandboxId, PodIdentity identity) {
        long pid = folders.firstProcess(sandboxId)
            .orElseThrow(() -> new NotFoundException("no running sandbox " + sandboxId));
        Cri.PodSandboxStatus status = known(sandboxId);
        attachLane.open(group(status), pid);
        folders.claim(sandboxId, status.getNetwork().getIp(), identity);
        NamespaceFiles.renameHost(pid, identity.hostname());
        cgroups.limit(cgroupParent(status.getMetadata().getName()), identity.limits());
    }

    @Override
    public String createContainer(String sandboxId, ContainerSpec spec) {
        Cri.PodSandboxStatus sandbox = known(sandboxId);
        Path logFolder = spec.logPath().getParent();
        Folders.create(logFolder);
        folders.firstProcess(sandboxId).ifPresent(pid -> attachLane.open(group(sandbox), pid));
        Cri.PodSandboxConfig.Builder pod = Cri.PodSandboxConfig.newBuilder().setMetadata(sandbox.getMetadata())
            .setHostname(folders.hostname(sandboxId)).setLogDirectory(logFolder.toString())
            .putAllLabels(sandbox.getLabelsMap())
            .setLinux(CriMessages.linux(cgroupParent(sandbox.getMetadata().getName())));
        Cri.ContainerConfig config = CriMessages.container(spec);
        Optional<SeccompFilters.Key> filter = SeccompFilters.Key.of(config, sandbox.getRuntimeHandler());
        Optional<String> made = filter.flatMap(filters::find);
        made.ifPresent(ready -> pod.putAnnotations(SeccompFilters.ANNOTATION, ready));
        String id = create(Cri.CreateContainerRequest.newBuilder().setPodSandboxId(sandboxId)
            .setConfig(config).setSandboxConfig(pod).build(), spec);
        filter.filter(_ -> made.isEmpty()).ifPresent(key -> filters.await(id, key));
        return id;
    }

    private String create(Cri.CreateContainerRequest request, ContainerSpec spec) {
        try {
            return create(request);
        } catch (StartException e) {
            if (!String.valueOf(e.getMessage()).contains(NAME_IN_USE)
                    || !removeUnstarted(request.getPodSandboxId(), spec)) {
                throw e;
            }
            return create(request);
        }
    }

    private String create(Cri.CreateContainerRequest request) {
        return connection.runtime(LIMIT, stub -> stub.createContainer(request), StartException::new).getContainerId();
    }

    /** Whoever asked for it before was gone, or had given up, when it was made. */
    private boolean removeUnstarted(String sandboxId, ContainerSpec spec) {
        List<String> unstarted = containerItems(Cri.ContainerFilter.getDefaultInstance()).stream()
            .filter(item -> item.getPodSandboxId().equals(sandboxId))
            .filter(item -> item.getState() == Cri.ContainerState.CONTAINER_CREATED)
            .filter(item -> item.getMetadata().getName().equals(spec.name())
                && item.getMetadata().getAttempt() == spec.attempt()).map(Cri.Container::getId).toList();
        unstarted.forEach(this::removeContainer);
        return !unstarted.isEmpty();
    }

    @Override
    public void startContainer(String containerId) {
        connection.runtime(LIMIT, stub -> stub.startContainer(
            Cri.StartContainerRequest.newBuilder().setContainerId(containerId).build()), StartException::new);
        filters.started(containerId);
    }

    /** CRI counts whole seconds; a part of one is one more. */
    private static long seconds(Duration time) {
        return time.plusMillis(999).toSeconds();
    }

    @Override
    public void stopContainer(String containerId, Duration grace) {
        connection.unlessGone(LIMIT.plus(grace), stub -> stub.stopContainer(
            Cri.StopContainerRequest.newBuilder().setContainerId(containerId).setTimeout(seconds(grace)).build()));
    }

    @Override
    public void removeContainer(String containerId) {
        connection.unlessGone(LIMIT, stub -> stub.removeContainer(
            Cri.RemoveContainerRequest.newBuilder().setContainerId(containerId).build()));
    }

    @Override
    public void stopSandbox(String sandboxId) {
        connection.unlessGone(LIMIT, stub -> stub.stopPodSandbox(
            Cri.StopPodSandboxRequest.newBuilder().setPodSandboxId(sandboxId).build()));
    }

    @Override
    public void removeSandbox(String sandboxId) {
        Optional<Cri.PodSandboxStatus> status = unlessGone(() -> known(sandboxId));
        stopSandbox(sandboxId);
        connection.unlessGone(LIMIT, stub -> stub.removePodSandbox(
            Cri.RemovePodSandboxRequest.newBuilder().setPodSandboxId(sandboxId).build()));
        status.ifPresent(one -> cgroups.remove(cgroupParent(one.getMetadata().getName())));
        folders.forget(sandboxId);
        known.remove(sandboxId);
    }

    @Override
    public List<Sandbox> sandboxes() {
        List<Sandbox> found = new ArrayList<>();
        for (Cri.PodSandbox item : items()) {
            unlessGone(() -> sandbox(item)).ifPresent(found::add);
        }
        return found;
    }

    private static <T> Optional<T> unlessGone(Supplier<T> call) {
        try {
            return Optional.of(call.get());
        } catch (NotFoundException e) {
            return Optional.empty();
        }
    }

    private List<Cri.Container> containerItems(Cri.ContainerFilter filter) {
        return connection.runtime(READ_LIMIT, stub -> stub.listContainers(
            Cri.ListContainersRequest.newBuilder().setFilter(filter).build())).getContainersList();
    }

    private List<String> containerIds() {
        return containerItems(Cri.ContainerFilter.getDefaultInstance()).stream().map(Cri.Container::getId).toList();
    }

    @Override
    public List<ContainerStatus> containers() {
        return statuses(Cri.ContainerFilter.getDefaultInstance());
    }

    @Override
    public Optional<ContainerStatus> container(String containerId) {
        return statuses(Cri.ContainerFilter.newBuilder().setId(containerId).build()).stream().findFirst();
    }

    private List<ContainerStatus> statuses(Cri.ContainerFilter filter) {
        List<ContainerStatus> found = new ArrayList<>();
        for (Cri.Container item : containerItems(filter)) {
            unlessGone(() -> status(item)).ifPresent(found::add);
        }
        return found;
    }

    private ContainerStatus status(Cri.Container item) {
        return CriMessages.status(fetchContainer(item.getId()), item.getPodSandboxId());
    }

    private Cri.ContainerStatus fetchContainer(String id) {
        return connection.runtime(READ_LIMIT, stub -> stub.containerStatus(
            Cri.ContainerStatusRequest.newBuilder().setContainerId(id).build())).getStatus();
    }

    private boolean ended(String containerId) {
        return unlessGone(() -> CriMessages.status(fetchContainer(containerId), "").exited()).orElse(true);
    }

    @Override
    public void onChange(Consumer<String> listener) {
        events.listen(listener);
    }

    @Override
    public ExecResult exec(String containerId, List<String> command, Duration timeout) {
        Cri.ExecSyncRequest request = Cri.ExecSyncRequest.newBuilder().setContainerId(containerId).addAllCmd(command)
            .setTimeout(Math.max(1, seconds(timeout))).build();
        try {
            Cri.ExecSyncResponse response = connection.runtime(timeout.plus(READ_LIMIT),
                stub -> stub.execSync(request), StartException::new);
            return new ExecResult(response.getExitCode(), response.getStdout().toStringUtf8(),
                response.getStderr().toStringUtf8(), false);
        } catch (RuntimeUnavailableException e) {
            if (e.getMessage().contains("timeout") || e.getMessage().contains("deadline")) {
                return new ExecResult(-1, "", e.getMessage(), true);
            }
            throw e;
        }
    }

    @Override
    public URI execUrl(String containerId, ExecRequest request) {
        Cri.ExecRequest message = Cri.ExecRequest.newBuilder().setContainerId(containerId)
            .addAllCmd(request.command()).setStdin(request.stdin()).setStdout(request.stdout())
            .setStderr(request.stderr() && !request.tty()).setTty(request.tty()).build();
        return stream(stub -> stub.exec(message));
    }

    @Override
    public URI attachUrl(String containerId, AttachRequest request) {
        Cri.AttachRequest message = Cri.AttachRequest.newBuilder().setContainerId(containerId)
            .setStdin(request.stdin()).setStdout(request.stdout())
            .setStderr(request.stderr() && !request.tty()).setTty(request.tty()).build();
        return stream(stub -> stub.attach(message));
    }

    @Override
    public URI portForwardUrl(String sandboxId, List<Integer> ports) {
        Cri.PortForwardRequest message = Cri.PortForwardRequest.newBuilder().setPodSandboxId(sandboxId)
            .addAllPort(ports).build();
        return stream(stub -> stub.portForward(message));
    }

    private URI stream(Function<RuntimeServiceBlockingStub, Cri.StreamUrl> call) {
        return URI.create(connection.runtime(READ_LIMIT, call, StartException::new).getUrl());
    }

    @Override
    public Images images() {
        return images;
    }

    @Override
    public List<SandboxUsage> usage() {
        Instant now = clock.instant();
        return items().stream().filter(item -> item.getState() == Cri.PodSandboxState.SANDBOX_READY)
            .map(item -> usage(item, now)).toList();
    }

    private SandboxUsage usage(Cri.PodSandbox item, Instant now) {
        String parent = cgroupParent(item.getMetadata().getName());
        Cgroups.Usage whole = cgroups.usage(parent);
        List<SandboxUsage.ContainerUsage> parts = cgroups.children(parent).stream()
            .filter(child -> !child.equals(item.getId()))
            .map(child -> containerUsage(child, cgroups.usage(parent + "/" + child))).toList();
        return new SandboxUsage(item.getId(), now, whole.cpuNanos(), whole.workingSetBytes(), parts);
    }

    private static SandboxUsage.ContainerUsage containerUsage(String id, Cgroups.Usage usage) {
        return new SandboxUsage.ContainerUsage(id, usage.cpuNanos(), usage.workingSetBytes());
    }

    @Override
    public void shutdown() {
        events.close();
        ExecutorService removals = Executors.newFixedThreadPool(PARALLEL_REMOVALS, Thread.ofVirtual().factory());
        try {
            long end = System.nanoTime() + SHUTDOWN_LIMIT.toNanos();
            Map<String, Future<?>> running = items().stream().map(Cri.PodSandbox::getId)
                .collect(Collectors.toMap(Function.identity(), id -> removals.submit(() -> removeSandbox(id))));
            running.forEach((id, removal) -> CriStart.awaitRemoval(id, removal, end));
        } catch (ContainerRuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "containerd does not answer, what it ran is killed cause="
                + e.getMessage());
        } finally {
            // What could not be removed in time fails now, and ends with containerd.
            removals.shutdownNow();
            close();
            containerd.stop();
        }
    }

    @Override
    public void close() {
        events.close();
        connection.close();
    }
}
