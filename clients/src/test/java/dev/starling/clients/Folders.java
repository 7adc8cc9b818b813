package dev.starling.clients;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;

/** Files that tests need beside the server. */
final class Folders {
    private Folders() {
    }

    /** Lays resources of the tests into a folder. */
    static void copy(Path folder, String... names) {
        try {
            Files.createDirectories(folder);
            for (String name : names) {
                try (InputStream in = Objects.requireNonNull(Folders.class.getResourceAsStream(name), name)) {
                    Files.write(folder.resolve(name), in.readAllBytes());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
