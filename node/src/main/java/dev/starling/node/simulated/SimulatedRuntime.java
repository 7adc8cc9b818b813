package dev.starling.node.simulated;

import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.net.AddressRange;
import dev.starling.node.runtime.AttachRequest;
import dev.starling.node.runtime.ContainerRuntime;
import dev.starling.node.runtime.ContainerSpec;
import dev.starling.node.runtime.ContainerStatus;
import dev.starling.node.runtime.ExecRequest;
import dev.starling.node.runtime.ExecResult;
import dev.starling.node.runtime.Images;
import dev.starling.node.runtime.NotFoundException;
import dev.starling.node.runtime.PodIdentity;
import dev.starling.node.runtime.RuntimeFacts;
import dev.starling.node.runtime.Sandbox;
import dev.starling.node.runtime.SandboxSpec;
import dev.starling.node.runtime.SandboxUsage;
import dev.starling.node.runtime.StartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Containers that only count time. Each runs for ever, or as its labels and annotations below
 * {@code simulation.starling.dev/} say: {@code run-for} (such as {@code 90s}), {@code exit-code},
 * {@code start-error}, {@code cpu-millis}, {@code memory-bytes}. Commands executed in it succeed without output.
 * All time comes from the driver, whose loop tells of containers that ended.
 */
public final class SimulatedRuntime implements ContainerRuntime {
    private static final AddressRange FIRST_RANGE = AddressRange.parse("10.63.0.0/23");
    private static final String NO_STREAMS = "the simulated runtime has no streams";
    private static final int FIRST_ADDRESS = 2;

    private final Driver driver;
    private final SimulationSettings settings;
    private final AddressRange range;
    private final String idEnd;
    private final Consumer<Duration> delay;
    private final SimulatedImages images;
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final Driver.Running exits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Sandbox> sandboxes = new LinkedHashMap<>(); // guarded by lock
    private final Map<String, SimulatedContainer> containers = new LinkedHashMap<>(); // guarded by lock
    private final TreeSet<Integer> usedAddresses = new TreeSet<>(); // guarded by lock
    private Instant toldUntil; // guarded by lock
    private long nextId; // guarded by lock

    /** @param delay what passes the time that a start takes: parks the thread, or moves on at once in a simulation */
    public SimulatedRuntime(Driver driver, SimulationSettings settings, Consumer<Duration> delay) {
        this.driver = driver;
        this.settings = settings;
        long size = FIRST_RANGE.last() - FIRST_RANGE.first() + 1;
        this.range = new AddressRange(FIRST_RANGE.first() + settings.machine() * size, FIRST_RANGE.prefix());
        this.idEnd = settings.machine() == 0 ? "" : "-of-" + settings.machine();
        this.delay = delay;
        this.images = new SimulatedImages(settings.absentImages());
        this.toldUntil = now();
        this.exits = driver.start(new ExitLoop());
    }

    private Instant now() {
        return driver.clock().instant();
    }

    private <T> T locked(java.util.function.Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Tells of each container once its time has come. */
    private final class ExitLoop implements Loop {
        @Override
        public String name() {
            return "simulated-exits";
        }

        @Override
        public Next step(Instant now) {
            List<String> ended = locked(() -> {
                Instant since = toldUntil;
                toldUntil = now;
                return containers.values().stream().filter(one -> one.exitedAt(now) && !one.exitedAt(since))
                    .map(SimulatedContainer::id).toList();
            });
            ended.forEach(SimulatedRuntime.this::tell);
            return locked(() -> containers.values().stream().flatMap(one -> one.end().stream())
                .map(SimulatedContainer.End::at).filter(at -> at.isAfter(now)).min(Instant::compareTo))
                .map(Next::at).orElse(Next.WHEN_WOKEN);
        }
    }

    private void tell(String containerId) {
        listeners.forEach(listener -> listener.accept(containerId));
    }

    @Override
    public RuntimeFacts facts() {
        return new RuntimeFacts("simulated", "1", List.of("simulated"), 0, settings.cpuMillis(), settings.memoryBytes(),
            range.toString(), range.address(1));
    }

    @Override
    public Sandbox createSandbox(SandboxSpec spec) {
        return locked(() -> {
            if (sandboxes.values().stream().anyMatch(other -> other.name().equals(spec.name()))) {
                throw new StartException("a sandbox of this name exists: " + spec.name());
            }
            int address = FIRST_ADDRESS;
            while (!usedAddresses.add(address)) {
                address++;
            }
            Sandbox sandbox = new Sandbox("sandbox-" + nextId++ + idEnd, spec.name(), "simulated", true,
                range.address(address), "", "", "", spec.labels(), now());
            sandboxes.put(sandbox.id(), sandbox);
            return sandbox;
        });
    }

    private Sandbox sandbox(String id) {
        return locked(() -> Optional.ofNullable(sandboxes.get(id)))
            .orElseThrow(() -> new NotFoundException("no sandbox " + id));
    }

    private SimulatedContainer existing(String id) {
        return locked(() -> Optional.ofNullable(containers.get(id)))
            .orElseThrow(() -> new NotFoundException("no container " + id));
    }

    private SimulatedContainer change(String id, UnaryOperator<SimulatedContainer> change) {
        return locked(() -> {
            SimulatedContainer changed = change.apply(existing(id));
            containers.put(id, changed);
            return changed;
        });
    }

    @Override
    public void specialise(String sandboxId, PodIdentity identity) {
        Sandbox old = sandbox(sandboxId);
        locked(() -> sandboxes.put(sandboxId, new Sandbox(old.id(), old.name(), old.handler(), old.ready(), old.ip(),
            old.netns(), old.cgroupParent(), identity.uid(), old.labels(), old.created())));
    }

    @Override
    public String createContainer(String sandboxId, ContainerSpec spec) {
        if (!sandbox(sandboxId).ready()) {
            throw new StartException("the sandbox is stopped: " + sandboxId);
        }
        return locked(() -> {
            String id = "container-" + nextId++ + idEnd;
            containers.put(id, SimulatedContainer.create(id, sandboxId, spec, now()));
            return id;
        });
    }

    @Override
    public void startContainer(String containerId) {
        SimulatedContainer created = existing(containerId);
        delay.accept(settings.startDelay());
        boolean starts = created.behaviour().startError().isEmpty();
        change(containerId, one -> starts ? one.start(now()) : one.failToStart(now()));
        exits.wake();
        tell(containerId);
        if (!starts) {
            throw new StartException(created.behaviour().startError());
        }
        log(created.spec(), now());
    }

    private static void log(ContainerSpec spec, Instant now) {
        Path file = spec.logPath();
        if (file.equals(ContainerSpec.NO_LOG)) {
            return;
        }
        try {
            Files.createDirectories(file.getParent());
            String line = now + " stdout F simulated container " + spec.name() + " started\n";
            Files.write(file, line.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("can't write the log " + file, e);
        }
    }

    @Override
    public void stopContainer(String containerId, Duration grace) {
        if (locked(() -> containers.containsKey(containerId))) {
            change(containerId, one -> one.kill(now()));
            exits.wake();
            tell(containerId);
        }
    }

    @Override
    public void removeContainer(String containerId) {
        stopContainer(containerId, Duration.ZERO);
        locked(() -> Optional.ofNullable(containers.remove(containerId)));
    }

    @Override
    public void stopSandbox(String sandboxId) {
        containersOf(sandboxId).forEach(id -> stopContainer(id, Duration.ZERO));
        locked(() -> Optional.ofNullable(sandboxes.computeIfPresent(sandboxId, (id, old) -> {
            free(old);
            return new Sandbox(id, old.name(), old.handler(), false, "", old.netns(), old.cgroupParent(), old.podUid(),
                old.labels(), old.created());
        })));
    }

    private void free(Sandbox sandbox) {
        if (!sandbox.ip().isEmpty()) {
            usedAddresses.remove((int) (AddressRange.number(sandbox.ip()).orElseThrow() - range.first()));
        }
    }

    private List<String> containersOf(String sandboxId) {
        return locked(() -> containers.values().stream().filter(one -> one.sandboxId().equals(sandboxId))
            .map(SimulatedContainer::id).toList());
    }

    @Override
    public void removeSandbox(String sandboxId) {
        stopSandbox(sandboxId);
        containersOf(sandboxId).forEach(this::removeContainer);
        locked(() -> Optional.ofNullable(sandboxes.remove(sandboxId)));
    }

    @Override
    public List<Sandbox> sandboxes() {
        return locked(() -> List.copyOf(sandboxes.values()));
    }

    @Override
    public List<ContainerStatus> containers() {
        Instant now = now();
        return locked(() -> containers.values().stream().map(one -> one.status(now)).toList());
    }

    @Override
    public Optional<ContainerStatus> container(String containerId) {
        Instant now = now();
        return locked(() -> Optional.ofNullable(containers.get(containerId))).map(one -> one.status(now));
    }

    @Override
    public void onChange(Consumer<String> listener) {
        listeners.add(listener);
    }

    @Override
    public ExecResult exec(String containerId, List<String> command, Duration timeout) {
        if (!existing(containerId).runsAt(now())) {
            throw new StartException("the container does not run: " + containerId);
        }
        return new ExecResult(0, "", "", false);
    }

    @Override
    public URI execUrl(String containerId, ExecRequest request) {
        existing(containerId);
        throw new StartException(NO_STREAMS);
    }

    @Override
    public URI attachUrl(String containerId, AttachRequest request) {
        existing(containerId);
        throw new StartException(NO_STREAMS);
    }

    @Override
    public URI portForwardUrl(String sandboxId, List<Integer> ports) {
        sandbox(sandboxId);
        throw new StartException(NO_STREAMS);
    }

    @Override
    public Images images() {
        return images;
    }

    @Override
    public List<SandboxUsage> usage() {
        Instant now = now();
        return sandboxes().stream().filter(Sandbox::ready).map(sandbox -> usage(sandbox.id(), now)).toList();
    }

    private SandboxUsage usage(String sandboxId, Instant now) {
        List<SandboxUsage.ContainerUsage> parts = new ArrayList<>();
        for (String id : containersOf(sandboxId)) {
            SimulatedContainer one = existing(id);
            parts.add(new SandboxUsage.ContainerUsage(id, one.cpuNanos(now), one.memoryBytes(now)));
        }
        return new SandboxUsage(sandboxId, now, parts.stream().mapToLong(SandboxUsage.ContainerUsage::cpuNanos).sum(),
            parts.stream().mapToLong(SandboxUsage.ContainerUsage::workingSetBytes).sum(), parts);
    }

    @Override
    public void shutdown() {
        sandboxes().forEach(sandbox -> removeSandbox(sandbox.id()));
        close();
    }

    @Override
    public void close() {
        exits.close();
    }
}
