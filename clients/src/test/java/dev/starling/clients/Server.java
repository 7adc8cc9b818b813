package dev.starling.clients;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.app.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The product in a process of its own with a simulated pool: one for all tests of a run, each of which works in
 * namespaces of its own. A test class gets it by its constructor.
 */
final class Server implements ParameterResolver {
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(90);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Running.class;
    }

    @Override
    public Running resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent(Running.class, key -> Running.start(), Running.class);
    }

    /** One that runs until the last test is over. */
    record Running(Path scratch, Child process) implements AutoCloseable {

        static Running start() {
            try {
                var scratch = Files.createTempDirectory("starling-clients-");
                var running = new Running(scratch, Child.start(scratch, words(scratch.resolve("data"))));
                running.awaitPool();
                return running;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        private static List<String> words(Path data) {
            return List.of(ProcessHandle.current().info().command().orElseThrow(), "-Xmx512m", "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"),
                    Main.class.getName(), "up", "--runtime", "simulated", "--data", data.toString(),
                    "--listen", "127.0.0.1:0");
        }

        private void awaitPool() throws Exception {
            try {
                Awaited.holds("the server is ready", () -> !process.runs()
                        || process.output().contains("pool is ready"));
                assertTrue(process.runs(), process.output());
            } catch (AssertionError e) {
                close();
                throw e;
            }
        }

        Path kubeconfig() {
            return scratch.resolve("data").resolve("kubeconfig");
        }

        @Override
        public void close() {
            try (process) {
                process.terminate();
                process.exit(STOPS_WITHIN);
            } finally {
                Folders.remove(scratch);
            }
        }
    }
}
