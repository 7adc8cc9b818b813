package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real kubectl that talks to a test's server.
 *
 * @param folder where it keeps its cache and its output
 */
record Kubectl(Path program, TestServer server, Path folder, Map<String, String> environment) {
    private static final int SECONDS = 40;

    /** The one on the path; the test is skipped if there is none. */
    static Kubectl installed(TestServer server, Path folder) {
        return existing(onPath(), "kubectl", server, folder);
    }

    /**
     * The one of a version, beside the one on the path; the test is skipped if there is none.
     *
     * @param minor {@code 27} for 1.27
     */
    static Kubectl version(String minor, TestServer server, Path folder) {
        return existing(onPath().map(path -> real(path).resolveSibling("kubectl.1." + minor))
                .filter(Files::isExecutable), "kubectl 1." + minor, server, folder);
    }

    private static Kubectl existing(Optional<Path> found, String name, TestServer server, Path folder) {
        assumeTrue(found.isPresent(), name + " is not installed");
        return new Kubectl(found.get(), server, folder, Map.of());
    }

    private static Optional<Path> onPath() {
        return Arrays.stream(System.getenv("PATH").split(":")).map(part -> Path.of(part, "kubectl"))
                .filter(Files::isExecutable).findFirst();
    }

    private static Path real(Path program) {
        try {
            return program.toRealPath();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Kubectl with(String variable, String value) {
        var more = new HashMap<>(environment);
        more.put(variable, value);
        return new Kubectl(program, server, folder, Map.copyOf(more));
    }

    /** What it says, errors included; what it has said so far if it does not end in time. */
    String run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(program.toString(), "--kubeconfig", server.kubeconfig().toString(),
                "--cache-dir", folder.resolve("cache-" + program.getFileName()).toString()));
        command.addAll(List.of(arguments));
        var output = Files.createTempFile(folder, "out", ".txt");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        var process = builder.start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            process.waitFor();
        }
        return Files.readString(output);
    }
}
