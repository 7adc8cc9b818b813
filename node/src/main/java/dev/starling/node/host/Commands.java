package dev.starling.node.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs the machine's own tools and waits for them. Call it on any thread; it blocks for as long as the tool runs. */
public final class Commands {
    private Commands() {}

    /** @param output standard output and error together */
    public record Result(int exitCode, String output) {
        public boolean succeeded() {
            return exitCode == 0;
        }
    }

    /** The command must succeed. */
    public static String run(String... command) {
        return runWithInput("", command);
    }

    /** The command must succeed; it reads {@code input}. */
    public static String runWithInput(String input, String... command) {
        Result result = attempt(input, List.of(command));
        if (!result.succeeded()) {
            throw new UncheckedIOException(new IOException(
                String.join(" ", command) + " ended with " + result.exitCode() + ": " + result.output().strip()));
        }
        return result.output();
    }

    public static Result attempt(String input, List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            try (InputStream stdout = process.getInputStream()) {
                String output = new String(stdout.readAllBytes(), StandardCharsets.UTF_8);
                return new Result(process.waitFor(), output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't run " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command.getFirst(), e);
        }
    }
}
