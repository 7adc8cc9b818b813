package dev.starling.node.volume;

import dev.starling.node.host.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A folder whose files change all at once: they are links through {@code ..data}, which is swapped by a rename to the
 * folder of the newest version (the layout of the kubelet's AtomicWriter, which programs in containers rely on).
 */
final class AtomicFolder {
    private static final String DATA = "..data";
    private static final Pattern VERSION = Pattern.compile("\\.\\.v[0-9]+");

    private AtomicFolder() {
    }

    /** Makes the folder hold exactly these files; false if it did already. For one caller at a time. */
    static boolean write(Path folder, Map<String, Payload.Entry> files, OptionalLong group) throws IOException {
        Files.createDirectories(folder);
        VolumeFiles.mode(folder, 0755);
        var data = folder.resolve(DATA);
        if (Files.exists(data) && same(data, files)) {
            return false;
        }
        var version = version(folder);
        try {
            fill(version, files, group);
        } catch (IOException | RuntimeException e) {
            Folders.remove(version);
            throw e;
        }
        var fresh = folder.resolve("..data_tmp");
        Files.deleteIfExists(fresh);
        Files.createSymbolicLink(fresh, version.getFileName());
        Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        link(folder, Payload.tops(files));
        removeOthers(folder, version);
        return true;
    }

    /** Older versions, and what a process left that ended while it wrote one. */
    private static void removeOthers(Path folder, Path version) throws IOException {
        try (var present = Files.list(folder)) {
            present.filter(path -> VERSION.matcher(path.getFileName().toString()).matches() && !path.equals(version))
                    .forEach(Folders::remove);
        }
    }

    private static boolean same(Path data, Map<String, Payload.Entry> files) throws IOException {
        var present = new TreeMap<String, byte[]>();
        var real = data.toRealPath();
        try (var walk = Files.walk(real)) {
            for (var file : walk.filter(Files::isRegularFile).toList()) {
                present.put(real.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return present.keySet().equals(files.keySet()) && files.entrySet().stream()
                .allMatch(e -> Arrays.equals(e.getValue().content(), present.get(e.getKey())));
    }

    private static Path version(Path folder) throws IOException {
        int number = 1;
        while (Files.exists(folder.resolve("..v" + number))) {
            number++;
        }
        var version = folder.resolve("..v" + number);
        Files.createDirectory(version);
        VolumeFiles.mode(version, 0755);
        return version;
    }

    private static void fill(Path version, Map<String, Payload.Entry> files, OptionalLong group) throws IOException {
        for (var file : files.entrySet()) {
            var path = version.resolve(file.getKey()).normalize();
            if (!path.startsWith(version)) {
                throw new IOException("a path must stay in its volume: " + file.getKey());
            }
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue().content());
            int mode = file.getValue().mode();
            VolumeFiles.mode(path, group.isPresent() ? mode | (mode & 0600) >> 3 : mode);
            if (group.isPresent()) {
                Files.setAttribute(path, "unix:gid", (int) group.getAsLong());
            }
        }
    }

    private static void link(Path folder, List<String> tops) throws IOException {
        for (String top : tops) {
            var link = folder.resolve(top);
            if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(link, Path.of(DATA, top));
            }
        }
        try (var present = Files.list(folder)) {
            for (var path : present.toList()) {
                String name = path.getFileName().toString();
                if (!name.startsWith("..") && !tops.contains(name)) {
                    Files.delete(path);
                }
            }
        }
    }
}
