package dev.starling.node.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs the machine's own tools and waits for them. Call it on any thread; it blocks for as long as the tool runs, but
 * never beyond a limit.
 */
public final class Commands {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int KILLED = 137;

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

    /** As {@link #attempt(Duration, String, List)}, for a tool that answers at once. */
    public static Result attempt(String input, List<String> command) {
        return attempt(LIMIT, input, command);
    }

    /** A tool that takes longer than the limit is killed, and counts as failed. */
    public static Result attempt(Duration limit, String input, List<String> command) {
        var late = new AtomicBoolean();
        String tooLate = "killed, because it did not end within " + limit;
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            Thread.ofVirtual().name("limit-of-" + command.getFirst()).start(() -> killLate(process, limit, late));
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            try (InputStream stdout = process.getInputStream()) {
                String output = new String(stdout.readAllBytes(), StandardCharsets.UTF_8);
                int exit = process.waitFor();
                return late.get() ? new Result(KILLED, tooLate) : new Result(exit, output);
            }
        } catch (IOException e) {
            if (late.get()) {
                return new Result(KILLED, tooLate);
            }
            throw new UncheckedIOException("can't run " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command.getFirst(), e);
        }
    }

    /** Ends what blocks the reader and the writer of its pipes. */
    private static void killLate(Process process, Duration limit, AtomicBoolean late) {
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        late.set(true);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
