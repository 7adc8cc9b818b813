package dev.starling.node.cri;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.starling.node.host.Commands;
import dev.starling.node.host.InstanceNames;
import dev.starling.node.runtime.ContainerSpec;
import dev.starling.node.runtime.Resolver;
import dev.starling.node.runtime.ResourceLimits;
import dev.starling.node.runtime.PodIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What tests with real containers share: whether they can run here, a small image, and a look at what is left on the
 * machine.
 */
public final class RealMachine {
    public static final String IMAGE = "docker.io/library/starling-test:1";
    private static final Path BUSYBOX = Path.of("/usr/bin/busybox");

    private RealMachine() {}

    public static void required() {
        assumeTrue("root".equals(System.getProperty("user.name")), "real containers need root");
        assumeTrue(Containerd.installed(), "containerd is not installed");
        assumeTrue(!ContainerdConfig.installedHandlers().isEmpty(), "neither crun nor runc is installed");
        assumeTrue(Files.isExecutable(BUSYBOX), "busybox-static is not installed");
    }

    static ImageArchive image(String reference) {
        try {
            return new ImageArchive(reference, List.of(
                ImageArchive.Entry.program("bin/busybox", Files.readAllBytes(BUSYBOX)),
                ImageArchive.Entry.link("bin/sh", "busybox"),
                ImageArchive.Entry.file("etc/passwd", "root:x:0:0::/:/bin/sh\nweb:x:33:33::/:/bin/sh\n".getBytes()),
                ImageArchive.Entry.folder("tmp", 01777)), ImageArchive.Config.running("/bin/sh"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public static void importImage(CriRuntime runtime, Path folder) {
        Path archive = folder.resolve("test-image.tar");
        image(IMAGE).write(archive);
        runtime.images().importArchive(archive);
    }

    static ContainerSpec shell(String name, String script, Path folder) {
        return ContainerSpec.of(name, IMAGE, List.of("/bin/sh", "-c", script), folder.resolve("logs/" + name + ".log"));
    }

    static PodIdentity identity(String hostname, Path folder) {
        return new PodIdentity("default", hostname, "uid-" + hostname, hostname, "", List.of(), Resolver.HOST,
            folder.resolve("logs"), ResourceLimits.NONE);
    }

    /** Everything on the machine that bears the instance's names. */
    public static List<String> traces(Path folder) {
        InstanceNames names = InstanceNames.of(folder);
        Stream<String> network = (Commands.run("ip", "-o", "link") + Commands.run("ip", "-4", "-o", "addr")
            + Commands.run("ip", "-4", "route") + Commands.run("nft", "list", "tables")).lines();
        Stream<String> mounts = read(Path.of("/proc/self/mounts")).lines();
        Stream<String> processes = processes().stream();
        Stream<String> folders = Stream.concat(below(Path.of("/sys/fs/cgroup"), 2), below(Path.of("/run"), 1));
        String ownRange = InstanceRecord.read(names).range();
        String network16 = ownRange.isEmpty() ? "no range" : ownRange.replace(".0.0/16", ".");
        return Stream.of(network, mounts, processes, folders).flatMap(lines -> lines)
            .filter(line -> line.contains(names.key()) || line.contains(names.linkPrefix()) || line.contains(network16))
            .toList();
    }

    private static List<String> processes() {
        return below(Path.of("/proc"), 1).filter(path -> path.matches("/proc/\\d+"))
            .map(path -> read(Path.of(path, "cmdline"))).toList();
    }

    private static Stream<String> below(Path folder, int depth) {
        return Stream.of(folder.toFile().listFiles()).flatMap(file -> Stream.concat(Stream.of(file.toString()),
            depth > 1 && file.isDirectory() ? below(file.toPath(), depth - 1) : Stream.empty()));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // A process that ended meanwhile.
            return "";
        }
    }
}
