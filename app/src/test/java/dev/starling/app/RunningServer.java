package dev.starling.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The product in a process of its own, on a data folder and a port of its own. Its end takes everything away, and
 * fails the test if anything is left on the machine.
 */
final class RunningServer implements AutoCloseable {
    private static final String SIMULATED = "simulated";
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(90);

    private final Path scratch;
    private final String runtime;
    private Program process;
    private int port;

    private RunningServer(Path scratch, String runtime) {
        this.scratch = scratch;
        this.runtime = runtime;
        this.process = launch("0");
        awaitPool();
    }

    /** Starts one and awaits its pool. Skips the test where real containers can't be had. */
    static RunningServer start() {
        Machine.carriesContainers();
        return new RunningServer(temporary(), "containerd");
    }

    /** Starts one whose containers are only played: it needs nothing of the machine. */
    static RunningServer simulated() {
        return new RunningServer(temporary(), SIMULATED);
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("starling-system-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Any server command in a process of its own, with this machine's images. */
    static Program command(Path scratch, String... words) {
        return Program.start(scratch, Map.of(), java(words));
    }

    private static List<String> java(String... words) {
        var product = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes")).toList();
        var all = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(), "-Xmx512m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dstarling.images=" + System.getProperty("starling.images", ""),
                "-Dstarling.home=" + System.getProperty("starling.home", ""),
                "-cp", String.join(File.pathSeparator, product), Main.class.getName()));
        all.addAll(List.of(words));
        return all;
    }

    private Program launch(String atPort) {
        return command(scratch, "up", "--data", data().toString(), "--listen", "127.0.0.1:" + atPort,
                "--runtime", runtime);
    }

    private void awaitPool() {
        try {
            Eventually.see("the pool is ready", this::output, seen -> {
                if (!process.runs()) {
                    fail("the server ended early: " + output());
                }
                return seen.contains("pool is ready");
            });
        } catch (AssertionError e) {
            process.kill();
            takeDown();
            throw e;
        }
        String address = output().replaceAll("(?s).*serves https://(\\S+) after.*", "$1");
        port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    /** All that the server has printed since its last start. */
    String output() {
        return process.out() + process.err();
    }

    /** The folder of the instance. */
    Path data() {
        return scratch.resolve("data");
    }

    /** A folder for what the test makes beside the instance. */
    Path scratch() {
        return scratch;
    }

    int port() {
        return port;
    }

    boolean runs() {
        return process.runs();
    }

    Kubectl kubectl() {
        return Kubectl.usual(data().resolve("kubeconfig"), scratch);
    }

    /** As the kernel's out-of-memory killer would: the process has no moment left. */
    void kill() {
        process.kill();
    }

    /** Starts again on the same folder and port. */
    void restart() {
        process = launch(Integer.toString(port));
        awaitPool();
    }

    /** {@code starling down} on the folder. */
    Program.Answer takeDown() {
        try (var down = command(scratch, "down", "--data", data().toString())) {
            return down.answer();
        }
    }

    /** Stops it by TERM; its exit code. */
    int stop() {
        process.terminate();
        return process.answer(STOPS_WITHIN).exit();
    }

    /** Stops it, if it runs, and sees that nothing of it is left on the machine. */
    @Override
    public void close() {
        String said = "";
        if (process.runs()) {
            try {
                stop();
            } finally {
                said = output();
                process.close();
            }
        }
        var left = runtime.equals(SIMULATED) ? List.<String>of() : Machine.traces(data());
        if (!left.isEmpty()) {
            takeDown();
        }
        Machine.remove(scratch);
        assertEquals("", String.join("\n", left), "left on the machine after: " + said);
    }
}
