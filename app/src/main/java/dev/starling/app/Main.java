package dev.starling.app;

import dev.starling.app.demo.Demo;
import dev.starling.app.demo.DemoException;
import dev.starling.app.options.Arguments;
import dev.starling.app.up.DataFolder;
import dev.starling.app.up.Down;
import dev.starling.app.up.Restore;
import dev.starling.app.up.StartException;
import dev.starling.app.up.Up;
import dev.starling.app.up.UpSettings;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The commands that need the server's code: up, down, restore, demo. Errors are one line; the exit code is 1, usage's
 * is 2.
 */
public final class Main {
    private static final System.Logger LOG = System.getLogger(Main.class.getName());
    private static final String LOG_FORMAT = "%1$tFT%1$tT.%1$tL %4$s %5$s%6$s%n";

    private Main() {
    }

    public static void main(String[] words) {
        System.setProperty("java.util.logging.SimpleFormatter.format", LOG_FORMAT);
        int exit = run(List.copyOf(Arrays.asList(words)));
        if (exit != 0) {
            System.exit(exit);
        }
    }

    private static int run(List<String> words) {
        String command = words.isEmpty() ? "" : words.getFirst();
        var rest = words.subList(Math.min(1, words.size()), words.size());
        var usual = DataFolder.usual(System.getenv(), Path.of(System.getProperty("user.home")));
        try {
            if (rest.contains("--help") || rest.contains("-h")) {
                System.out.print(usage(command));
                return 0;
            }
            return switch (command) {
                case "up" -> new Up(UpSettings.parse(rest, usual)).run();
                case "down" -> Down.run(rest, usual);
                case "restore" -> Restore.run(rest, usual);
                case "demo" -> Demo.run(rest);
                default -> throw new Arguments.UsageException("no such command: " + command);
            };
        } catch (Arguments.UsageException e) {
            System.err.println("starling " + command + ": " + e.getMessage());
            return 2;
        } catch (StartException | DemoException e) {
            System.err.println("starling " + command + ": " + e.getMessage());
            return 1;
        } catch (UncheckedIOException e) {
            System.err.println("starling " + command + ": " + e.getCause().getMessage());
            return 1;
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "failed command=" + command, e);
            System.err.println("starling " + command + ": failed: " + e);
            return 1;
        }
    }

    private static String usage(String command) {
        return switch (command) {
            case "up" -> UpSettings.USAGE;
            case "down" -> Down.USAGE;
            case "restore" -> Restore.USAGE;
            case "demo" -> Demo.USAGE;
            default -> throw new Arguments.UsageException("no such command: " + command);
        };
    }
}
