package dev.starling.app;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.starling.node.host.Commands;
import dev.starling.node.host.InstanceNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The machine that whole-system tests run on: whether it can carry them, and what an instance has left on it. */
final class Machine {
    private static final List<String> PROGRAM_FOLDERS = List.of("/usr/local/bin", "/usr/bin", "/usr/sbin", "/sbin");

    private Machine() {
    }

    /** Skips the test, with the reason, where real containers can't be had. */
    static void carriesContainers() {
        assumeTrue("root".equals(System.getProperty("user.name")), "real containers need root");
        assumeTrue(installed("containerd"), "containerd is not installed");
        assumeTrue(installed("crun") || installed("runc"), "neither crun nor runc is installed");
        assumeTrue(installed("nft") && installed("ip"), "nftables or iproute2 is not installed");
        String images = System.getProperty("starling.images", "");
        assumeTrue(!images.isEmpty(), "no images are offered: start the tests with ./starling test");
        assumeTrue(Files.exists(Path.of(images, "index")), "no images were made in " + images);
    }

    static boolean installed(String program) {
        return PROGRAM_FOLDERS.stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Everything on this machine that bears the names of the instance in this folder; none after a clean stop. */
    static List<String> traces(Path folder) {
        var names = InstanceNames.of(folder);
        var found = new ArrayList<String>();
        Stream.of(Commands.run("ip", "-o", "link"), Commands.run("ip", "-4", "route", "show", "table", "all"),
                        Commands.run("nft", "list", "tables"), read(Path.of("/proc/self/mounts")))
                .flatMap(String::lines)
                .filter(line -> line.contains(names.key()) || line.contains(names.linkPrefix())
                        || line.contains(names.folder() + "/"))
                .forEach(found::add);
        Stream.concat(children(Path.of("/sys/fs/cgroup")).flatMap(Machine::children), children(Path.of("/run")))
                .map(Path::toString).filter(path -> path.contains(names.key())).forEach(found::add);
        found.addAll(processes(names));
        return found;
    }

    /** A process of the instance is told by its words, or by the control group that it is in. */
    private static List<String> processes(InstanceNames names) {
        return children(Path.of("/proc")).filter(path -> path.getFileName().toString().matches("\\d+"))
                .filter(path -> read(path.resolve("cgroup")).contains(names.cgroup())
                        || read(path.resolve("cmdline")).contains(names.key()))
                .map(path -> path + " " + read(path.resolve("cmdline")).replace('\0', ' ')).toList();
    }

    /** The processes in the pods of the instance, as {@code pid start-time words}. */
    static List<String> podProcesses(Path folder) {
        var names = InstanceNames.of(folder);
        return children(Path.of("/proc")).filter(path -> path.getFileName().toString().matches("\\d+"))
                .filter(path -> read(path.resolve("cgroup")).contains(names.cgroup()))
                .map(path -> path.getFileName() + " " + startTime(path) + " "
                        + read(path.resolve("cmdline")).replace('\0', ' ').strip())
                .sorted().toList();
    }

    /** The words of a process's command line; {@link ProcessHandle.Info} keeps silent about long ones. */
    static List<String> words(ProcessHandle process) {
        return List.of(read(Path.of("/proc", Long.toString(process.pid()), "cmdline")).split("\0"));
    }

    private static String startTime(Path process) {
        String stat = read(process.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return fields.length > 19 ? fields[19] : "ended";
    }

    private static Stream<Path> children(Path folder) {
        try (var entries = Files.list(folder)) {
            return entries.toList().stream();
        } catch (IOException e) {
            // Not a folder, or one that went meanwhile.
            return Stream.empty();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // A process that ended meanwhile.
            return "";
        }
    }

    /** Removes a folder with all in it. */
    static void remove(Path folder) {
        try (var entries = Files.walk(folder)) {
            for (Path path : entries.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
