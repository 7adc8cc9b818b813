package dev.starling.clients;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The official JavaScript client under the Node.js that is installed. It is fetched once into the build folder. */
@ExtendWith(Server.class)
final class JavaScriptClientTest {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int LEAST_NODE = 18;

    private final Server.Running server;

    JavaScriptClientTest(Server.Running server) {
        this.server = server;
    }

    @Test
    void doesAUsersWork() {
        var node = Child.installed("node");
        assumeTrue(node.isPresent(), "Node.js is not installed");
        var folder = Path.of("target", "javascript").toAbsolutePath();
        Folders.copy(folder, "work.js", "package.json", "package-lock.json");
        String version = Child.run(folder, LIMIT, List.of("node", "--version"));
        assumeTrue(Integer.parseInt(version.substring(1, version.indexOf('.'))) >= LEAST_NODE,
                "Node.js is older than " + LEAST_NODE + ": " + version);
        fetchOnce(folder);
        String said = Child.run(folder, LIMIT, List.of("node", "work.js", server.kubeconfig().toString()));
        assertTrue(said.endsWith("done\n"), said);
    }

    private static void fetchOnce(Path folder) {
        if (Files.isDirectory(folder.resolve("node_modules/@kubernetes/client-node"))) {
            return;
        }
        assumeTrue(Child.installed("npm").isPresent(), "npm is not installed");
        try (var npm = Child.start(folder, List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"))) {
            assumeTrue(npm.exit(LIMIT) == 0, () -> "the client could not be fetched: " + npm.output());
        }
    }
}
