package dev.starling.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The versions of kubectl that lie beside the one on the PATH, the oldest first, and that of the distribution. */
final class KubectlVersions {
    private static final int OLDEST = 27;
    private static final int NEWEST = 33;
    private static final Path DISTRIBUTION = Path.of("/usr/bin/kubectl");

    private KubectlVersions() {
    }

    /** One of them: where it lies, or should. */
    record Version(String name, Path program, String namespace) {
        boolean installed() {
            return Files.isExecutable(program);
        }

        /** Its minor version: it is asked for that. */
        int minor(Kubectl any) {
            return Integer.parseInt(any.with(program).ok("version", "--client", "-o", "json")
                    .replaceAll("(?s).*\"minor\": *\"(\\d+).*", "$1"));
        }
    }

    /** Those with a number, installed or not. */
    static List<Version> numbered() {
        return IntStream.rangeClosed(OLDEST, NEWEST).mapToObj(minor ->
                new Version("1." + minor, beside("kubectl.1." + minor), "v1" + minor)).toList();
    }

    static List<Version> installed() {
        var numbered = numbered().stream().filter(Version::installed).toList();
        return Stream.concat(distribution(numbered.isEmpty()).stream(), numbered.stream()).toList();
    }

    /** That of the distribution, unless it is only another name of the one on the PATH. */
    private static Optional<Version> distribution(boolean alone) {
        var version = new Version("of the distribution", DISTRIBUTION, "distribution");
        return Optional.of(version).filter(Version::installed)
                .filter(it -> alone || !real(DISTRIBUTION).equals(beside("kubectl")));
    }

    private static Path beside(String name) {
        return real(Kubectl.onPath().orElse(DISTRIBUTION)).resolveSibling(name);
    }

    private static Path real(Path program) {
        try {
            return Files.exists(program) ? program.toRealPath() : program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
