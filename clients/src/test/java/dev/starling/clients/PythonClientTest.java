package dev.starling.clients;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The distribution's {@code python3-kubernetes} under the distribution's Python. */
@ExtendWith(Server.class)
final class PythonClientTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final Path CLIENT = Path.of("/usr/lib/python3/dist-packages/kubernetes");
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Server.Running server;

    @TempDir
    Path folder;

    PythonClientTest(Server.Running server) {
        this.server = server;
    }

    @Test
    void doesAUsersWork() {
        assumeTrue(Files.isExecutable(PYTHON), PYTHON + " is not installed");
        assumeTrue(Files.isDirectory(CLIENT), "the distribution's package python3-kubernetes is not installed");
        Folders.copy(folder, "work.py");
        String said = Child.run(folder, LIMIT,
                List.of(PYTHON.toString(), "work.py", server.kubeconfig().toString()));
        assertTrue(said.endsWith("done\n"), said);
    }
}
