package dev.starling.app.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Runs the programs that a user would run, with the demo's kubeconfig. */
final class Tools {
    private final Path home;
    private final Path kubeconfig;
    private final Bell bell;
    private final List<Process> started = new CopyOnWriteArrayList<>();

    /** @param home the folder of the {@code starling} command */
    Tools(Path home, Path kubeconfig, Bell bell) {
        this.home = home;
        this.kubeconfig = kubeconfig;
        this.bell = bell;
    }

    String kubectl(String... words) {
        return run(Stream.concat(Stream.of("kubectl"), Stream.of(words)).toList());
    }

    String starling(String... words) {
        return run(Stream.concat(Stream.of(starlingCommand()), Stream.of(words)).toList());
    }

    String starlingCommand() {
        return home.resolve("starling").toString();
    }

    /** Starts a program whose output goes to a file; the bell rings at its end. */
    Process start(Path log, List<String> command) {
        try {
            var process = builder(command).redirectOutput(log.toFile()).start();
            started.add(process);
            process.onExit().thenRun(bell::ring);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends what was started and still runs. */
    void stop() {
        started.forEach(Process::destroy);
    }

    private ProcessBuilder builder(List<String> command) {
        var builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        Map<String, String> environment = builder.environment();
        environment.put("KUBECONFIG", kubeconfig.toString());
        return builder;
    }

    private String run(List<String> command) {
        try {
            var process = builder(command).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new DemoException(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new DemoException(command.getFirst() + " can't be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted during " + String.join(" ", command));
        }
    }

    /** Where a program lies on the PATH. */
    static Optional<Path> find(String program) {
        var folders = new ArrayList<>(List.of(System.getenv().getOrDefault("PATH", "").split(":")));
        return folders.stream().map(folder -> Path.of(folder, program)).filter(Files::isExecutable).findFirst();
    }
}
