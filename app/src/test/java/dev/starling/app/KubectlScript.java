package dev.starling.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The commands of {@code kubectl-commands.txt}, whose head tells how they are written. */
final class KubectlScript {
    private static final Pattern COMMAND = Pattern.compile("(?:(\\d+) )?\\$ (\\[ends] )?(?:\\[1\\.(\\d+)] )?(.*)");

    /** What belongs together, in the order of the file. */
    record Section(String name, boolean endsAlone, List<Step> steps) {
        boolean isFor(boolean end) {
            return end || !endsAlone;
        }
    }

    /** One line of a section. */
    private sealed interface Step {
    }

    private record Write(String name, StringBuilder content) implements Step {
    }

    /** @param expected as written; each is looked for after the one before it */
    private record Run(String command, int exit, boolean endsAlone, int since, List<String> expected)
            implements Step {
    }

    /**
     * Whose commands they are: a kubectl first on the path of its own folder, and a namespace.
     *
     * @param end whether it is the oldest or the newest
     */
    record Actor(Kubectl kubectl, int minor, boolean end, String namespace) {
    }

    private KubectlScript() {
    }

    static List<Section> sections() {
        var sections = new ArrayList<Section>();
        try (var in = KubectlScript.class.getResourceAsStream("kubectl-commands.txt")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (line.startsWith("== ")) {
                    sections.add(new Section(line.substring(3).replace("[ends] ", ""), line.startsWith("== [ends] "),
                            new ArrayList<>()));
                } else if (!sections.isEmpty() && !line.isBlank()) {
                    add(sections.getLast().steps(), line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sections;
    }

    private static void add(List<Step> steps, String line) {
        var command = COMMAND.matcher(line);
        if (line.startsWith("file ")) {
            steps.add(new Write(line.substring(5), new StringBuilder()));
        } else if (command.matches()) {
            steps.add(new Run(command.group(4), number(command.group(1)), command.group(2) != null,
                    number(command.group(3)), new ArrayList<>()));
        } else {
            switch (steps.getLast()) {
                case Write write -> write.content().append(line.substring(2)).append('\n');
                case Run run -> run.expected().add(line);
            }
        }
    }

    private static int number(@org.jspecify.annotations.Nullable String text) {
        return text == null ? 0 : Integer.parseInt(text);
    }

    static void run(Section section, Actor actor) throws IOException {
        for (var step : section.steps()) {
            switch (step) {
                case Write(var name, var content) -> Files.writeString(actor.kubectl().home().resolve(name),
                        content.toString().replace("$NS", actor.namespace()));
                case Run run -> run(run, actor);
            }
        }
    }

    private static void run(Run run, Actor actor) {
        if (actor.minor() < run.since() || run.endsAlone() && !actor.end()) {
            return;
        }
        var home = actor.kubectl().home();
        var environment = Map.of("HOME", home.toString(), "KUBECONFIG", actor.kubectl().kubeconfig().toString(),
                "NS", actor.namespace(), "PATH", home.resolve("bin") + ":" + System.getenv("PATH"),
                "TMPDIR", home.toString());
        try (var program = Program.start(home, environment, List.of("sh", "-c", "exec 2>&1\n" + run.command()))) {
            program.endInput();
            var answer = program.answer();
            assertEquals(run.exit(), answer.exit(), () -> run.command() + "\n" + answer.out());
            require(run, answer.out(), actor.namespace());
        }
    }

    private static void require(Run run, String said, String namespace) {
        int from = 0;
        for (String line : run.expected()) {
            String wanted = line.replace("$NS", namespace);
            if (wanted.startsWith("! ")) {
                if (said.contains(wanted.substring(2))) {
                    fail(run.command() + "\nsaid what it must not: " + wanted.substring(2) + "\n" + said);
                }
                continue;
            }
            var found = (wanted.startsWith("~") ? Pattern.compile(wanted.substring(1), Pattern.MULTILINE)
                    : Pattern.compile(Pattern.quote(wanted))).matcher(said);
            if (!found.find(from)) {
                fail(run.command() + "\ndid not say: " + wanted + "\n" + said);
            }
            from = found.end();
        }
    }

    /** A folder for a version: its program as {@code kubectl} on the path, and a kubeconfig that it may change. */
    static Kubectl equipped(Kubectl usual, KubectlVersions.Version version, Path folder) {
        try {
            Files.createDirectories(folder.resolve("bin"));
            Files.createSymbolicLink(folder.resolve("bin/kubectl"), version.program());
            var kubeconfig = Files.copy(usual.kubeconfig(), folder.resolve("kubeconfig"));
            return new Kubectl(version.program(), kubeconfig, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
