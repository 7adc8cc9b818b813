package dev.starling.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program in a process of its own; its output lies in files, so that it never waits for its reader. */
final class Program implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final List<String> words;
    private final Process process;
    private final Path out;
    private final Path err;

    private Program(List<String> words, Process process, Path out, Path err) {
        this.words = words;
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** What a program said, and how it ended. */
    record Answer(String command, int exit, String out, String err) {

        /** The output of a program that has to succeed. */
        String succeeded() {
            assertEquals(0, exit, () -> command + "\n" + out + err);
            return out;
        }

        /** What a program that has to fail said. */
        String failed() {
            if (exit == 0) {
                fail(command + " succeeded\n" + out + err);
            }
            return out + err;
        }
    }

    /** Starts it with its standard input open. */
    static Program start(Path scratch, Map<String, String> environment, List<String> words) {
        try {
            var out = Files.createTempFile(scratch, "out", "");
            var err = Files.createTempFile(scratch, "err", "");
            var builder = new ProcessBuilder(words).directory(scratch.toFile())
                    .redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            return new Program(words, builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes to its standard input. */
    void type(String text) {
        try {
            process.getOutputStream().write(text.getBytes());
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String out() {
        return read(out);
    }

    String err() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean runs() {
        return process.isAlive();
    }

    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    void terminate() {
        process.destroy();
    }

    /** Awaits its end; a program that does not end in time is ended, and fails the test. */
    Answer answer() {
        return answer(LIMIT);
    }

    Answer answer(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                close();
                return fail("it did not end within " + limit.toSeconds() + " s: " + String.join(" ", words)
                        + "\n" + out() + err());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        var answer = new Answer(String.join(" ", words), process.exitValue(), out(), err());
        close();
        return answer;
    }

    /** Ends it and its children, if they still run. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        if (process.isAlive()) {
            kill();
        }
    }
}
