package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The kubectl on the path, with a folder of its own for what it keeps. */
record UsualKubectl(Path kubeconfig, Path home) {

    /** What it prints on both of its outputs. */
    String run(String... arguments) throws Exception {
        var program = Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, "kubectl"))
                .filter(Files::isExecutable).findFirst();
        assumeTrue(program.isPresent(), "kubectl is not on the path");
        var command = new ArrayList<>(List.of(program.orElseThrow().toString(), "--kubeconfig", kubeconfig.toString(),
                "--cache-dir", home.resolve("cache").toString()));
        command.addAll(List.of(arguments));
        var output = Files.createTempFile(home, "out", ".txt");
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            process.waitFor();
        }
        return Files.readString(output);
    }

    /** Runs it with a file of this text behind {@code -f}. */
    String file(String yaml, String... arguments) throws Exception {
        var file = Files.createTempFile(home, "in", ".yaml");
        Files.writeString(file, yaml);
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-f", file.toString()));
        return run(all.toArray(String[]::new));
    }
}
