package dev.starling.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program in a process of its own, whose output lies in a file. */
final class Child implements AutoCloseable {
    private final Process process;
    private final Path output;

    private Child(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static Child start(Path folder, List<String> words) {
        return start(folder, words, Map.of());
    }

    static Child start(Path folder, List<String> words, Map<String, String> environment) {
        try {
            var output = Files.createTempFile(folder, "output", "");
            var builder = new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("HOME", folder.toString());
            builder.environment().putAll(environment);
            return new Child(builder.start(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where a program of the distribution lies, if it is installed. */
    static Optional<Path> installed(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin").split(":"))
                .map(folder -> Path.of(folder, program)).filter(Files::isExecutable).findFirst();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean runs() {
        return process.isAlive();
    }

    /** Awaits its end; one that is too slow is ended. */
    int exit(Duration limit) {
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        close();
        throw new AssertionError("no end within " + limit.toSeconds() + " s: " + output());
    }

    /** What a program said that has to succeed. */
    static String run(Path folder, Duration limit, List<String> words) {
        try (var child = start(folder, words)) {
            int exit = child.exit(limit);
            assertEquals(0, exit, () -> String.join(" ", words) + "\n" + child.output());
            return child.output();
        }
    }

    /** Asks it to end. */
    void terminate() {
        process.destroy();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        if (process.isAlive()) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }
}
