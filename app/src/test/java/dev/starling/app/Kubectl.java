package dev.starling.app;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One kubectl against one server.
 *
 * @param home its own, so that no cache is shared with another version or server
 */
record Kubectl(Path program, Path kubeconfig, Path home) {

    /** The one on the PATH. */
    static Kubectl usual(Path kubeconfig, Path home) {
        var program = onPath();
        assumeTrue(program.isPresent(), "kubectl is not on the PATH");
        return new Kubectl(program.orElseThrow(), kubeconfig, home);
    }

    static Optional<Path> onPath() {
        return Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin").split(":"))
                .map(folder -> Path.of(folder, "kubectl")).filter(Files::isExecutable).findFirst();
    }

    Kubectl with(Path other) {
        return new Kubectl(other, kubeconfig, home);
    }

    /** The words that start it, for a shell too. */
    List<String> words(String... arguments) {
        var words = new ArrayList<>(List.of(program.toString(), "--kubeconfig", kubeconfig.toString()));
        words.addAll(List.of(arguments));
        return words;
    }

    Program start(String... arguments) {
        return Program.start(home, environment(), words(arguments));
    }

    private Map<String, String> environment() {
        return Map.of("HOME", home.toString(), "KUBECONFIG", kubeconfig.toString());
    }

    Program.Answer run(String... arguments) {
        return fed("", arguments);
    }

    /** Runs it with this on its standard input. */
    Program.Answer fed(String input, String... arguments) {
        try (var program = start(arguments)) {
            if (!input.isEmpty()) {
                program.type(input);
            }
            program.endInput();
            return program.answer();
        }
    }

    /** Runs it at a pseudo-terminal where this is typed; the answer is what the terminal showed. */
    Program.Answer atTerminal(String typed, String... arguments) {
        String command = String.join(" ", words(arguments).stream().map(word -> "'" + word + "'").toList());
        try (var program = Program.start(home, environment(),
                List.of("script", "-qec", command, "/dev/null"))) {
            program.type(typed);
            return program.answer();
        }
    }

    /** The output of a command that has to succeed. */
    String ok(String... arguments) {
        return run(arguments).succeeded();
    }

    String apply(String yaml) {
        return fed(yaml, "apply", "-f", "-").succeeded();
    }

    /** A value of an object by its JSONPath; empty where there is none. */
    String value(String object, String namespace, String path) {
        return run("get", object, "-n", namespace, "--ignore-not-found", "-o", "jsonpath={" + path + "}").out();
    }
}
