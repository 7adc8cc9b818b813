package dev.starling.node.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MachineProcessTest {
    @TempDir
    private Path folder;

    @Test
    void findsItselfAgainByItsRecord() {
        MachineProcess self = MachineProcess.withPid(ProcessHandle.current().pid()).orElseThrow();
        self.record(folder.resolve("pid"));
        assertEquals(Optional.of(self), MachineProcess.recorded(folder.resolve("pid")));
    }

    @Test
    void isNotFooledByANumberThatIsUsedAgain() {
        MachineProcess self = MachineProcess.withPid(ProcessHandle.current().pid()).orElseThrow();
        MachineProcess earlier = new MachineProcess(self.pid(), self.startTick() - 1);
        assertFalse(earlier.alive());
        earlier.record(folder.resolve("pid"));
        assertEquals(Optional.empty(), MachineProcess.recorded(folder.resolve("pid")));
        assertEquals(Optional.empty(), MachineProcess.recorded(folder.resolve("none")));
    }

    @Test
    void endsWhatIgnoresBeingAsked() throws IOException {
        String mark = "mark-" + folder.getFileName();
        Process process = new ProcessBuilder("sh", "-c", "trap '' TERM; echo; read x", mark).start();
        assertEquals('\n', process.getInputStream().read());
        List<MachineProcess> found = MachineProcess.withArguments("trap '' TERM; echo; read x", mark);
        assertEquals(1, found.size());
        found.getFirst().end(Duration.ofMillis(50));
        assertFalse(found.getFirst().alive());
        assertTrue(MachineProcess.withArguments("trap '' TERM; echo; read x", mark).isEmpty());
    }
}
