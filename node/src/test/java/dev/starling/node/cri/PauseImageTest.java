package dev.starling.node.cri;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PauseImageTest {
    @TempDir
    private Path folder;

    @Test
    void itsProgramStaysUntilItIsKilled() throws IOException, InterruptedException {
        String architecture = System.getProperty("os.arch");
        assumeTrue(architecture.equals("amd64") || architecture.equals("aarch64"), "no program for " + architecture);
        Path program = folder.resolve("pause");
        Files.write(program, PauseImage.program(architecture));
        assertTrue(program.toFile().setExecutable(true));
        Process process = new ProcessBuilder(program.toString()).start();
        assertFalse(process.waitFor(100, TimeUnit.MILLISECONDS));
        process.destroyForcibly();
        assertEquals(137, process.waitFor());
    }

    @Test
    void bothProgramsAreSmall() {
        assertTrue(PauseImage.program("amd64").length < 250);
        assertTrue(PauseImage.program("aarch64").length < 250);
    }
}
