package dev.starling.node.cri;

import com.sun.management.OperatingSystemMXBean;
import dev.starling.node.cri.proto.Cri;
import dev.starling.node.host.Cgroups;
import dev.starling.node.host.PodNetwork;
import dev.starling.node.runtime.ContainerRuntimeException;
import dev.starling.node.image.OfferedImages;
import dev.starling.node.runtime.Images;
import dev.starling.node.runtime.RuntimeFacts;
import dev.starling.node.runtime.RuntimeUnavailableException;
import dev.starling.node.runtime.SandboxSpec;
import dev.starling.node.runtime.StartException;
import dev.starling.node.runtime.UnsupportedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The way from a folder to a runtime that can be used. */
final class CriStart {
    private static final System.Logger LOG = System.getLogger(CriStart.class.getName());
    private static final Duration READY_LIMIT = Duration.ofSeconds(30);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(20);
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final long MILLIS_PER_CORE = 1000;

    private CriStart() {}

    static CriRuntime open(ContainerdSettings settings, InstantSource clock) {
        requireTools();
        Containerd containerd = Containerd.open(settings);
        CriConnection connection = new CriConnection(containerd.config().socket());
        try {
            awaitReady(containerd, connection);
            Cgroups cgroups = Cgroups.detect(CGROUPS);
            cgroups.create(containerd.names().cgroup());
            CriImages images = new CriImages(connection, containerd);
            offerPauseImage(images, containerd);
            Images all = settings.offeredImages().<Images>map(folder -> new OfferedImages(images, folder))
                    .orElse(images);
            CriParts parts = new CriParts(containerd, connection, cgroups, all);
            return new CriRuntime(parts, facts(parts, workingHandlers(parts, clock)), clock);
        } catch (RuntimeException e) {
            connection.close();
            if (!containerd.adopted()) {
                containerd.stop();
            }
            throw e;
        }
    }

    private static void requireTools() {
        if (!Containerd.installed()) {
            throw new RuntimeUnavailableException("containerd is not installed: apt-get install containerd");
        }
        if (ContainerdConfig.installedHandlers().isEmpty()) {
            throw new RuntimeUnavailableException("neither crun nor runc is installed: apt-get install crun");
        }
    }

    private static void awaitReady(Containerd containerd, CriConnection connection) {
        boolean ready = Waiting.until(READY_LIMIT,
            () -> !containerd.process().alive() || answers(connection));
        Path log = containerd.config().log();
        if (!containerd.process().alive()) {
            throw new RuntimeUnavailableException("containerd ended while it started; see " + log);
        }
        if (!ready) {
            throw new RuntimeUnavailableException(
                "containerd did not get ready in " + READY_LIMIT.toSeconds() + " s; see " + log);
        }
    }

    /** The first calls come before the socket is there; they fail at once, and load most of gRPC meanwhile. */
    private static boolean answers(CriConnection connection) {
        try {
            connection.retryNow();
            return connection.runtime(CALL_LIMIT, stub -> stub.status(Cri.StatusRequest.getDefaultInstance()))
                .getStatus().getConditionsList().stream().allMatch(Cri.RuntimeCondition::getStatus);
        } catch (UnsupportedException e) {
            throw e;
        } catch (ContainerRuntimeException e) {
            return false;
        }
    }

    private static void offerPauseImage(CriImages images, Containerd containerd) {
        if (images.find(PauseImage.REFERENCE).isPresent()) {
            return;
        }
        Path archive = containerd.names().runFolder().resolve("pause.tar");
        PauseImage.archive().write(archive);
        images.importArchive(archive);
        try {
            Files.delete(archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * An OCI runtime works if a sandbox really starts on it. What was seen holds for the same program on the same
     * kernel.
     */
    private static List<String> workingHandlers(CriParts parts, InstantSource clock) {
        List<String> installed = List.copyOf(ContainerdConfig.installedHandlers().keySet());
        String machine = machine();
        InstanceRecord record = parts.containerd().record();
        if (record.triedOn().equals(machine) && installed.contains(record.handler())) {
            return preferring(record.handler(), installed);
        }
        for (String handler : installed) {
            CriRuntime trial = new CriRuntime(parts, facts(parts, List.of(handler)), clock);
            if (works(trial, handler)) {
                record.working(handler, machine).write(parts.containerd().names());
                return preferring(handler, installed);
            }
        }
        throw new RuntimeUnavailableException("no OCI runtime of " + installed + " can start a sandbox; see "
            + parts.containerd().config().log());
    }

    private static List<String> preferring(String handler, List<String> installed) {
        // Those before the one that works were tried and failed.
        return installed.subList(installed.indexOf(handler), installed.size());
    }

    private static boolean works(CriRuntime trial, String handler) {
        try {
            trial.removeSandbox(trial.createSandbox(SandboxSpec.named("trial-of-" + handler)).id());
            return true;
        } catch (StartException e) {
            LOG.log(System.Logger.Level.WARNING, "This OCI runtime does not work here handler=" + handler + " cause="
                + e.getMessage());
            return false;
        }
    }

    private static String machine() {
        List<String> facts = new ArrayList<>(List.of(System.getProperty("os.version")));
        ContainerdConfig.installedHandlers().forEach((_, program) -> {
            try {
                facts.add(program + ":" + Files.getLastModifiedTime(program).toMillis());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return String.join(" ", facts);
    }

    private static RuntimeFacts facts(CriParts parts, List<String> handlers) {
        Cri.VersionResponse version = parts.connection().runtime(CALL_LIMIT,
            stub -> stub.version(Cri.VersionRequest.getDefaultInstance()));
        PodNetwork network = parts.containerd().network();
        OperatingSystemMXBean machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new RuntimeFacts(version.getRuntimeName(), version.getRuntimeVersion(), handlers,
            parts.cgroups().version(), Runtime.getRuntime().availableProcessors() * MILLIS_PER_CORE,
            machine.getTotalMemorySize(), network.range().toString(), network.hostAddress());
    }

    /** @param end when to wait no longer, on the clock of {@link System#nanoTime} */
    static void awaitRemoval(String sandboxId, Future<?> removal, long end) {
        try {
            removal.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.log(System.Logger.Level.WARNING, "A sandbox could not be removed in time sandbox=" + sandboxId);
        } catch (ExecutionException e) {
            LOG.log(System.Logger.Level.WARNING, "A sandbox could not be removed cleanly sandbox=" + sandboxId
                + " cause=" + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sandboxes are removed", e);
        }
    }
}
