package dev.starling.node.cri;

import dev.starling.node.host.Folders;
import dev.starling.node.host.InstanceNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files that containerd reads. The form is that of its version 2, which 1.6 to 2.x understand. */
final class ContainerdConfig {
    private static final Map<String, Path> HANDLERS = handlers();

    private final InstanceNames names;

    ContainerdConfig(InstanceNames names) {
        this.names = names;
    }

    Path file() {
        return names.runFolder().resolve("config.toml");
    }

    Path socket() {
        return names.runFolder().resolve("c.sock");
    }

    Path root() {
        return names.runtimeFolder().resolve("containerd");
    }

    /**
     * On a tmpfs that only containerd and its containers see: what is here means nothing after a restart of the
     * machine.
     */
    Path state() {
        return names.runFolder().resolve("state");
    }

    private Path ociRoot() {
        return names.runFolder().resolve("oci");
    }

    /** Where the OCI runtimes keep a folder for each container; containerd appends the namespace that CRI uses. */
    Path containerStates() {
        return ociRoot().resolve("k8s.io");
    }

    Path log() {
        return names.runtimeFolder().resolve("containerd.log");
    }

    private Path registries() {
        return names.runtimeFolder().resolve("registries");
    }

    /** The OCI runtimes that are installed, the preferred one first. */
    static Map<String, Path> installedHandlers() {
        return HANDLERS;
    }

    private static Map<String, Path> handlers() {
        Map<String, Path> found = new LinkedHashMap<>();
        for (String name : new String[] {"crun", "runc"}) {
            for (String folder : new String[] {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"}) {
                Path program = Path.of(folder, name);
                if (Files.isExecutable(program)) {
                    found.putIfAbsent(name, program);
                }
            }
        }
        return found;
    }

    void write(String snapshotter, Path plugins, Path networks) {
        StringBuilder runtimes = new StringBuilder();
        HANDLERS.forEach((name, program) -> runtimes.append("""
                [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.%1$s]
                  runtime_type = "io.containerd.runc.v2"
                  pod_annotations = [%4$s]
                  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.%1$s.options]
                    BinaryName = "%2$s"
                    Root = "%3$s"
                    SystemdCgroup = false
            """.formatted(name, program, ociRoot(),
                name.equals(SeccompFilters.RUNTIME) ? '"' + SeccompFilters.ANNOTATION + '"' : "")));
        String text = """
            version = 2
            root = "%s"
            state = "%s"
            disabled_plugins = [
              "io.containerd.internal.v1.opt", "io.containerd.internal.v1.restart",
              "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp",
              "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
              "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
              "io.containerd.snapshotter.v1.blockfile", "io.containerd.nri.v1.nri"]
            [debug]
              level = "warn"
            [grpc]
              address = "%s"
            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "%s"
              disable_apparmor = %s
              disable_tcp_service = true
              restrict_oom_score_adj = true
              netns_mounts_under_state_dir = true
              stream_server_address = "127.0.0.1"
              stream_server_port = "0"
              [plugins."io.containerd.grpc.v1.cri".cni]
                bin_dir = "%s"
                conf_dir = "%s"
              [plugins."io.containerd.grpc.v1.cri".registry]
                config_path = "%s"
              [plugins."io.containerd.grpc.v1.cri".containerd]
                snapshotter = "%s"
                default_runtime_name = "%s"
            """.formatted(root(), state(), socket(), PauseImage.REFERENCE, !appArmor(), plugins, networks,
            registries(), snapshotter, HANDLERS.keySet().iterator().next());
        Folders.replace(file(), text + runtimes);
    }

    private static boolean appArmor() {
        try {
            return Files.readString(Path.of("/sys/module/apparmor/parameters/enabled")).startsWith("Y")
                && Files.isExecutable(Path.of("/sbin/apparmor_parser"));
        } catch (IOException e) {
            // A kernel without AppArmor has no such file.
            return false;
        }
    }

    /** Registries are looked up at every pull, so mirrors may change while containerd runs. */
    void writeMirrors(Iterable<ContainerdSettings.Mirror> mirrors) {
        try {
            Files.createDirectories(registries());
            try (var old = Files.newDirectoryStream(registries())) {
                for (Path folder : old) {
                    Files.deleteIfExists(folder.resolve("hosts.toml"));
                    Files.delete(folder);
                }
            }
            for (ContainerdSettings.Mirror mirror : mirrors) {
                Path hosts = Files.createDirectories(registries().resolve(mirror.registry())).resolve("hosts.toml");
                String before = Files.exists(hosts) ? Files.readString(hosts)
                    : "server = \"" + server(mirror.registry()) + "\"\n";
                Files.writeString(hosts, before + """
                    [host."%s"]
                      capabilities = ["pull", "resolve"]
                    """.formatted(mirror.endpoint()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't write the registries' mirrors", e);
        }
    }

    private static String server(String registry) {
        return registry.equals("docker.io") ? "https://registry-1.docker.io" : "https://" + registry;
    }
}
