package dev.starling.node.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Reading and writing below one mounted hierarchy. What is gone reads as zero, because groups end whenever their
 * processes do.
 */
final class CgroupFiles {
    private CgroupFiles() {}

    static void create(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("can't make the cgroup " + folder, e);
        }
    }

    static void write(Path file, String value) {
        try {
            Files.writeString(file, value);
        } catch (IOException e) {
            throw new UncheckedIOException("can't write " + value + " to " + file, e);
        }
    }

    static long number(Path file) {
        return read(file).strip().lines().findFirst().map(Long::parseLong).orElse(0L);
    }

    /** The number after a key in a file of lines such as {@code inactive_file 4096}. */
    static long keyed(Path file, String key) {
        return read(file).lines().filter(line -> line.startsWith(key + " ")).findFirst()
            .map(line -> Long.parseLong(line.substring(key.length() + 1).strip())).orElse(0L);
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    /** Answers false if the process is not there, so that none that got the number of a dead one is moved. */
    static boolean attachAgain(Path folder, long process) {
        Path file = folder.resolve("cgroup.procs");
        try {
            if (read(file).lines().noneMatch(Long.toString(process)::equals)) {
                return false;
            }
            Files.writeString(file, Long.toString(process), StandardOpenOption.WRITE);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static List<String> children(Path folder) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder, Files::isDirectory)) {
            folders.forEach(child -> names.add(child.getFileName().toString()));
        } catch (IOException e) {
            return List.of();
        }
        return names;
    }

    static List<Long> processes(Path folder) {
        List<Long> found = new ArrayList<>();
        read(folder.resolve("cgroup.procs")).lines().filter(line -> !line.isBlank()).map(Long::parseLong)
            .forEach(found::add);
        for (String child : children(folder)) {
            found.addAll(processes(folder.resolve(child)));
        }
        return found;
    }

    /** Removes a group after those below it; a group that still has processes stays, and is named in the answer. */
    static List<String> remove(Path folder) {
        List<String> left = new ArrayList<>();
        for (String child : children(folder)) {
            left.addAll(remove(folder.resolve(child)));
        }
        // A cgroup's own files go with its folder, so Files.deleteIfExists is rmdir here; java.io answers without an
        // exception.
        if (!folder.toFile().delete() && Files.exists(folder)) {
            left.add(folder.toString());
        }
        return left;
    }
}
