package dev.starling.node.cri;

import dev.starling.node.host.Cgroups;
import dev.starling.node.host.CniPlugin;
import dev.starling.node.host.Commands;
import dev.starling.node.host.Folders;
import dev.starling.node.host.InstanceNames;
import dev.starling.node.host.MachineProcess;
import dev.starling.node.host.PodNetwork;
import dev.starling.node.runtime.RuntimeUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A containerd of our own: its process, its files, and the mount namespace that it shares with nobody but its
 * containers. It outlives this process, and the next one finds it by the run folder. Where containerd died and
 * containers live on, a new one joins their namespace.
 */
final class Containerd {
    private static final System.Logger LOG = System.getLogger(Containerd.class.getName());
    private static final Duration END_GRACE = Duration.ofSeconds(10);
    private static final int MOST_PASSES = 10;
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final String SHIM = "-address";
    private static final String SAFE_FROM_WRITES = "_LIBCONTAINER_CLONED_BINARY";

    private final InstanceNames names;
    private final ContainerdConfig config;
    private final InstanceRecord record;
    private final PodNetwork network;
    private final MachineProcess process;
    private final boolean adopted;

    private Containerd(InstanceNames names, InstanceRecord record, PodNetwork network, MachineProcess process,
                       boolean adopted) {
        this.names = names;
        this.config = new ContainerdConfig(names);
        this.record = record;
        this.network = network;
        this.process = process;
        this.adopted = adopted;
    }

    /** Adopts the containerd of this folder, or starts one. */
    static Containerd open(ContainerdSettings settings) {
        InstanceNames names = InstanceNames.of(settings.dataFolder());
        ContainerdConfig config = new ContainerdConfig(names);
        endWhatLostItsFolder(names);
        Folders.create(config.root());
        config.writeMirrors(settings.mirrors());
        Optional<MachineProcess> running = MachineProcess.recorded(pidFile(names));
        List<MachineProcess> shims = shims(names);
        boolean adopt = running.isPresent() || !shims.isEmpty();
        InstanceRecord record = InstanceRecord.read(names);
        if (!adopt) {
            removeLeftovers(names);
            record = prepare(names, record);
        }
        PodNetwork network = new PodNetwork(names, record.podRange());
        CniPlugin plugin = new CniPlugin(names);
        plugin.write(network);
        if (running.isPresent()) {
            network.up();
            LOG.log(System.Logger.Level.INFO, "Adopted containerd pid=" + running.get().pid());
            return new Containerd(names, record, network, running.get(), true);
        }
        config.write(record.snapshotter(), plugin.programs(), plugin.definitions());
        MachineProcess process = start(names, config, shims);
        try {
            // Done while containerd starts; it makes no sandbox before we ask.
            network.up();
        } catch (RuntimeException e) {
            if (!adopt) {
                process.end(END_GRACE);
                removeLeftovers(names);
            }
            throw e;
        }
        LOG.log(System.Logger.Level.INFO, "Started containerd pid=" + process.pid() + " log=" + config.log()
            + " adoptedSandboxes=" + shims.size());
        return new Containerd(names, record, network, process, adopt);
    }

    /** Whoever removes the folder of a killed instance gave up its containers, which nothing knows any more. */
    private static void endWhatLostItsFolder(InstanceNames names) {
        if (anythingRuns(names) && InstanceRecord.read(names).range().isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "The data folder was removed while its containers ran: they are ended "
                + "folder=" + names.folder());
            removeAll(names);
        }
    }

    private static Path pidFile(InstanceNames names) {
        return names.runFolder().resolve("containerd.pid");
    }

    /** The processes that keep containers; each names the socket of its containerd. */
    private static List<MachineProcess> shims(InstanceNames names) {
        return MachineProcess.withArguments(SHIM, new ContainerdConfig(names).socket().toString());
    }

    private static InstanceRecord prepare(InstanceNames names, InstanceRecord old) {
        for (String folder : List.of("state", "oci", "claims")) {
            Folders.create(names.runFolder().resolve(folder));
        }
        String snapshotter = old.snapshotter().isEmpty() ? chooseSnapshotter(names) : old.snapshotter();
        InstanceRecord fresh = old.with(PodNetwork.choose(names, old.podRangeIfAny()), snapshotter);
        fresh.write(names);
        return fresh;
    }

    /** Some file systems, overlay itself among them, can't lie under an overlay. */
    private static String chooseSnapshotter(InstanceNames names) {
        Path trial = names.runtimeFolder().resolve("overlay-trial");
        for (String part : List.of("lower", "upper", "work", "merged")) {
            Folders.create(trial.resolve(part));
        }
        String options = "lowerdir=%1$s/lower,upperdir=%1$s/upper,workdir=%1$s/work".formatted(trial);
        Commands.Result result = Commands.attempt("", List.of("unshare", "-m", "mount", "-t", "overlay", "trial",
            "-o", options, trial.resolve("merged").toString()));
        Folders.remove(trial);
        if (result.succeeded()) {
            return "overlayfs";
        }
        LOG.log(System.Logger.Level.WARNING,
            "The data folder can't lie under an overlay; containers get full copies of their images folder="
            + names.folder() + " cause=" + result.output().strip());
        return "native";
    }

    private static MachineProcess start(InstanceNames names, ContainerdConfig config, List<MachineProcess> shims) {
        String program = Commands.attempt("", List.of("sh", "-c", "command -v containerd")).output().strip();
        if (program.isEmpty()) {
            throw new RuntimeUnavailableException("containerd is not installed: apt-get install containerd");
        }
        List<String> command = new ArrayList<>(List.of("setsid"));
        if (shims.isEmpty()) {
            // Mounts of the host still arrive here, and none of ours is seen there. An empty cgroup2 tree beside
            // version 1 confuses crun.
            String setUp = "mount -t tmpfs -o mode=0711 starling " + config.state()
                + "; [ ! -e /sys/fs/cgroup/unified/cgroup.procs ] || umount /sys/fs/cgroup/unified; "
                + ContainerdConfig.installedHandlers().values().stream().map(Containerd::readOnly)
                    .collect(Collectors.joining()) + "exec \"$0\" \"$@\"";
            command.addAll(List.of("unshare", "--mount", "--propagation", "slave", "sh", "-c", setUp));
        } else {
            command.addAll(List.of("nsenter", "--mount=/proc/" + shims.getFirst().pid() + "/ns/mnt"));
        }
        command.addAll(List.of(program, "--config", config.file().toString()));
        try {
            ProcessBuilder builder = new ProcessBuilder(command).directory(new java.io.File("/"));
            builder.environment().put(SAFE_FROM_WRITES, "1");
            Process process = builder.redirectErrorStream(true).redirectOutput(config.log().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null"))).start();
            MachineProcess started = MachineProcess.withPid(process.pid())
                .orElseThrow(() -> new RuntimeUnavailableException("containerd ended at once; see " + config.log()));
            recordOrEnd(started, names);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException("can't start containerd", e);
        }
    }

    /**
     * A container could write to the program that starts it, so crun and runc make a copy of themselves at every call
     * and run that, for some 4 ms. They need not where their program lies on a mount that nobody can write to, and the
     * environment says that this is meant.
     */
    private static String readOnly(Path program) {
        return "mount --bind %1$s %1$s && mount -o remount,bind,ro %1$s; ".formatted(program);
    }

    /** A process that nobody could find again must not live on. */
    private static void recordOrEnd(MachineProcess started, InstanceNames names) {
        try {
            started.record(pidFile(names));
        } catch (RuntimeException e) {
            started.end(END_GRACE);
            throw e;
        }
    }

    /** True if containers of an earlier process may be running. */
    boolean adopted() {
        return adopted;
    }

    InstanceNames names() {
        return names;
    }

    ContainerdConfig config() {
        return config;
    }

    InstanceRecord record() {
        return record;
    }

    PodNetwork network() {
        return network;
    }

    MachineProcess process() {
        return process;
    }

    /**
     * Ends the process and takes away all that it and we made on the machine, but not the data folder. Sandboxes are
     * gone already.
     */
    void stop() {
        process.end(END_GRACE);
        removeLeftovers(names);
    }

    /** Ends what runs of an instance without asking its containerd, and cleans the machine up. */
    static void removeAll(InstanceNames names) {
        MachineProcess.recorded(pidFile(names)).ifPresent(process -> process.end(END_GRACE));
        removeLeftovers(names);
    }

    /** Cleans the machine up after an instance whose containerd does not run, whatever the reason. */
    static void removeLeftovers(InstanceNames names) {
        Cgroups cgroups = Cgroups.detect(CGROUPS);
        for (MachineProcess shim : shims(names)) {
            shim.end(Duration.ofSeconds(2));
        }
        // What lost its shim can't be ended by containerd any more, and may make new processes while it ends.
        List<Long> alive = cgroups.processes(names.cgroup());
        for (int pass = 0; pass < MOST_PASSES && !alive.isEmpty(); pass++) {
            alive.forEach(pid -> MachineProcess.withPid(pid).ifPresent(process -> process.end(Duration.ZERO)));
            alive = cgroups.processes(names.cgroup());
        }
        PodNetwork.left(names).ifPresent(PodNetwork::down);
        List<String> left = cgroups.remove(names.cgroup());
        if (!left.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "Some cgroups still hold processes and stay groups=" + left);
        }
        Folders.remove(names.runFolder());
    }

    /** The process of an instance that may be gone. */
    static boolean anythingRuns(InstanceNames names) {
        return MachineProcess.recorded(pidFile(names)).isPresent() || !shims(names).isEmpty();
    }

    static boolean installed() {
        return List.of("/usr/bin", "/usr/local/bin", "/usr/sbin", "/usr/local/sbin").stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "containerd")));
    }
}
