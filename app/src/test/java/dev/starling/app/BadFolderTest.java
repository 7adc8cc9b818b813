package dev.starling.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.starling.node.host.Commands;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a data folder is told: at the start in one line, and while serving as a refusal. */
final class BadFolderTest {
    private static final int CHUNK = 1 << 16;

    @TempDir
    private Path scratch;

    private Path data() {
        return scratch.resolve("data");
    }

    private Program launch() {
        return RunningServer.command(scratch, "up", "--data", data().toString(), "--listen", "127.0.0.1:0",
                "--runtime", "simulated");
    }

    private void awaitPool(Program server) {
        Eventually.see("the pool is ready", () -> server.out() + server.err() + (server.runs() ? "" : "ended"),
                seen -> seen.contains("pool is ready") || seen.endsWith("ended"));
        assertTrue(server.runs(), server.err());
    }

    @Test
    void aCorruptStoreIsToldInOneLine() throws IOException {
        try (var server = launch()) {
            awaitPool(server);
            server.terminate();
            server.answer();
        }
        try (var files = Files.walk(data().resolve("store"))) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(path -> path.getFileName().toString().matches("CURRENT|MANIFEST.*")).toList()) {
                Files.writeString(file, "nonsense");
            }
        }
        try (var server = launch()) {
            var answer = server.answer();
            assertEquals(1, answer.exit(), answer.out() + answer.err());
            assertEquals(1, answer.err().lines().count(), answer.err());
            assertTrue(answer.err().startsWith("starling up: "), answer.err());
            assertTrue(answer.err().contains(data().resolve("store").toString()), answer.err());
        }
    }

    @Test
    void aFullDiskRefusesWritesAndServesReadsUntilThereIsRoom() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "a small disk needs root to be mounted");
        Files.createDirectories(data());
        Commands.run("mount", "-t", "tmpfs", "-o", "size=96m", "starling-test", data().toString());
        try (var server = launch()) {
            awaitPool(server);
            var kubectl = Kubectl.usual(data().resolve("kubeconfig"), scratch);
            kubectl.ok("create", "configmap", "before", "--from-literal=a=b");
            var filler = data().resolve("filler");
            fill(filler);
            String refused = Eventually.see("a write is refused", () -> write(kubectl, "amid"),
                    said -> said.contains("Error") || said.contains("error"));
            assertTrue(refused.lines().count() <= 2, refused);
            assertEquals("b", kubectl.value("configmap/before", "default", ".data.a"));
            assertTrue(server.runs());
            Files.delete(filler);
            Eventually.see("writes are taken again", () -> write(kubectl, "after"), said -> said.contains("created"));
            server.terminate();
            server.answer();
        } finally {
            Commands.run("umount", "-l", data().toString());
        }
    }

    private static String write(Kubectl kubectl, String name) {
        var answer = kubectl.run("create", "configmap", name + System.nanoTime(),
                "--from-literal=a=" + "x".repeat(CHUNK));
        return answer.out() + answer.err();
    }

    private static void fill(Path filler) throws IOException {
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(new byte[CHUNK]);
            }
        } catch (IOException full) {
            assertTrue(full.getMessage().contains("No space left"), full.getMessage());
        }
    }
}
