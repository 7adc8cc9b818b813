package dev.starling.cli;

import dev.starling.cli.cluster.ConfigException;
import dev.starling.kube.api.ApiException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/**
 * Runs one client command: finds it by its words, parses the rest, and turns every failure into one line on stderr
 * and an exit code: 0 done, 1 failed, 2 not understood.
 */
final class Starling {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int MISUNDERSTOOD = 2;
    private static final List<Command> COMMANDS = List.of(new CreateCluster(), new GetCluster(), new CreateProfile(),
            new ProfileCommands.Get(), new ProfileCommands.Delete(), new BillCommand(), new ImageCommands.Import(),
            new ImageCommands.Listing(), new ImageCommands.Remove(), new BackupCommand(), new VersionCommand());
    private static final Set<String> HELP = Set.of("--help", "-h", "help");
    private static final Map<String, String> ALIASES = Map.of("clusters", "cluster", "fargateprofiles",
            "fargateprofile", "images", "image", "ls", "list", "rm", "remove", "--version", "version");

    private final Session session;
    private final Map<String, Command> commands = new LinkedHashMap<>();

    Starling(Session session) {
        this.session = session;
        COMMANDS.forEach(command -> commands.put(command.name(), command));
    }

    /** Returns the exit code. */
    int run(List<String> words) {
        try {
            return find(words);
        } catch (UsageException e) {
            return complain(e.getMessage(), MISUNDERSTOOD);
        } catch (CliException e) {
            return complain(e.getMessage(), FAILED);
        } catch (ConfigException e) {
            e.lines().forEach(line -> complain(line, FAILED));
            return FAILED;
        } catch (ApiException e) {
            return refuse(e);
        } catch (RuntimeException e) {
            return complain("this is a bug in starling: " + e, FAILED);
        }
    }

    private int complain(String message, int code) {
        session.err().print("error: " + oneLine(message) + "\n");
        return code;
    }

    private int refuse(ApiException e) {
        String hint = e.is(ApiException.Reason.SERVICE_UNAVAILABLE) ? "; start a server with ./starling up" : "";
        session.err().print("Error from server (" + e.reason().text() + "): " + oneLine(e.getMessage()) + hint + "\n");
        return FAILED;
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private int find(List<String> words) {
        if (words.isEmpty() || HELP.contains(words.getFirst())) {
            session.out().print(help());
            return DONE;
        }
        String first = plain(words.getFirst());
        var one = commands.get(first);
        if (one != null) {
            return run(one, words.subList(1, words.size()));
        }
        var family = commands.keySet().stream().filter(name -> name.startsWith(first + " ")).toList();
        if (family.isEmpty()) {
            throw new UsageException("unknown command " + words.getFirst() + "; see ./starling --help");
        }
        var two = words.size() < 2 ? null : commands.get(first + " " + plain(words.get(1)));
        if (two != null) {
            return run(two, words.subList(2, words.size()));
        }
        String known = "./starling " + String.join(", ./starling ", family);
        if (words.size() > 1 && HELP.contains(words.get(1))) {
            session.say("Usage: " + known);
            return DONE;
        }
        throw new UsageException((words.size() < 2 ? first + " what?" : "unknown command " + first + " " + words.get(1)
                + ".") + " Known are " + known);
    }

    private static String plain(String word) {
        return ALIASES.getOrDefault(word, word);
    }

    private int run(Command command, List<String> words) {
        var parser = new CommandLine(command.spec());
        try {
            var line = parser.parseArgs(words.toArray(String[]::new));
            if (line.isUsageHelpRequested()) {
                parser.usage(session.out(), Ansi.OFF);
            } else {
                command.run(line, session);
            }
            return DONE;
        } catch (ParameterException e) {
            throw new UsageException(oneLine(e.getMessage()) + "; see ./starling " + command.name() + " --help");
        }
    }

    private static String help() {
        try (var text = Starling.class.getResourceAsStream("help.txt")) {
            if (text == null) {
                throw new IllegalStateException("the help is missing from the program");
            }
            return new String(text.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The words of every command. */
    static List<String> commands() {
        return COMMANDS.stream().map(Command::name).toList();
    }
}
