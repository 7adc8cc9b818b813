package dev.starling.app.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.loop.ThreadDriver;
import dev.starling.store.StoreLockedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts and stops of a whole instance without containers. */
final class StarlingTest {

    @TempDir
    Path parent;

    private Starling start(String host, int port) {
        return start(parent.resolve("a folder"), host, port);
    }

    private static Starling start(Path folder, String host, int port) {
        return new Starling(new UpSettings(folder, host, port, UpSettings.Runtime.SIMULATED, true, List.of(),
                PoolOptions.USUAL.withWarm(0),
                ServiceSettings.USUAL, OpsSettings.NONE),
                new ThreadDriver(InstantSource.system()));
    }

    @Test
    void startsAgainInTheSameFolder() {
        for (int i = 0; i < 2; i++) {
            try (var starling = start("127.0.0.1", 0)) {
                starling.openPool();
                assertTrue(starling.poolFacts().startsWith("simulated"), starling.poolFacts());
            }
        }
    }

    @Test
    void refusesAFolderThatIsInUseAndLeavesItsOwnerAlone() {
        try (var starling = start("127.0.0.1", 0)) {
            assertThrows(StoreLockedException.class, () -> start("127.0.0.1", 0));
            starling.openPool();
        }
    }

    @Test
    void givesEverythingBackWhenItsPortIsTaken() {
        var free = parent.resolve("other");
        try (var starling = start("127.0.0.1", 0)) {
            int taken = Integer.parseInt(starling.url().substring(starling.url().lastIndexOf(':') + 1));
            assertThrows(UncheckedIOException.class, () -> start(free, "127.0.0.1", taken));
        }
        start(free, "127.0.0.1", 0).close();
    }

    @Test
    void opensNoPoolOnceItIsClosed() {
        var starling = start("127.0.0.1", 0);
        starling.close();
        starling.openPool();
        assertEquals("no", starling.poolFacts());
    }

    @Test
    void tellsClientsWhereToReachAServerOnAllAddresses() throws IOException {
        try (var starling = start("0.0.0.0", 0)) {
            assertTrue(starling.url().startsWith("https://127.0.0.1:"), starling.url());
            assertTrue(Files.readString(starling.kubeconfig()).contains(starling.url()));
        }
    }

    @Test
    void listensOnHostNamesAndOnIpv6() {
        start("localhost", 0).close();
        try (var starling = start("::1", 0)) {
            assertTrue(starling.url().startsWith("https://[::1]:"), starling.url());
        }
    }
}
