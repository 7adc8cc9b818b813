package dev.starling.app.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.app.options.Arguments.UsageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class UpSettingsTest {
    private static final Path USUAL = Path.of("usual");

    private static UpSettings parse(String... words) {
        return UpSettings.parse(List.of(words), USUAL);
    }

    @Test
    void hasADefaultForEveryOption() {
        assertEquals(new UpSettings(USUAL, "127.0.0.1", 6443, UpSettings.Runtime.CONTAINERD, true, List.of(),
                PoolOptions.USUAL, ServiceSettings.USUAL, OpsSettings.NONE), parse());
    }

    @Test
    void takesAddressesOfBothFamiliesAndHostNames() {
        assertEquals("::1", parse("--listen", "[::1]:7000").host());
        assertEquals(7000, parse("--listen=[::1]:7000").port());
        assertEquals("localhost", parse("--listen", "localhost:0").host());
    }

    @Test
    void refusesAnAddressThatCannotBeToldFromItsPort() {
        assertThrows(UsageException.class, () -> parse("--listen", "::1:7000"));
        assertThrows(UsageException.class, () -> parse("--listen", "7000"));
        assertThrows(UsageException.class, () -> parse("--listen", "localhost:http"));
        assertThrows(UsageException.class, () -> parse("--listen", "localhost:65536"));
    }

    @Test
    void tellsClientsAnAddressWhereAllAreListenedOn() {
        assertEquals("127.0.0.1", UpSettings.reached("0.0.0.0"));
        assertEquals("::1", UpSettings.reached("::"));
        assertEquals("192.0.2.1", UpSettings.reached("192.0.2.1"));
    }

    @Test
    void takesTimesForWhatIsForgotten() {
        var history = parse("--event-ttl", "30m", "--history-age=90s", "--history-changes", "5000").ops().history();
        assertEquals(new HistorySettings(Duration.ofMinutes(30), Duration.ofSeconds(90), 5_000), history);
        assertEquals(new HistorySettings(Duration.ofHours(1), Duration.ofMinutes(5), 20_000), HistorySettings.DEFAULT);
        for (String wrong : List.of("--event-ttl=1", "--event-ttl=1s", "--history-age=-5m", "--history-changes=x",
                "--history-changes=1")) {
            assertThrows(UsageException.class, () -> parse(wrong), wrong);
        }
    }

    @Test
    void sizesSimulatedNodesAndNoOthers() {
        assertEquals(new PoolOptions(2, 1_000, Optional.of(new PoolOptions.Size(4_000, 32L << 30, 110))),
                parse("--runtime", "simulated", "--nodes", "1000", "--node-size", "4,32Gi,110").pool());
        for (String size : List.of("4", "4,32Gi", "4,32Gi,0", "0,32Gi,110", "4,much,110", "4,32Gi,501")) {
            assertThrows(UsageException.class, () -> parse("--runtime", "simulated", "--node-size", size), size);
        }
        assertThrows(UsageException.class, () -> parse("--runtime", "simulated", "--nodes", "0"));
        assertThrows(UsageException.class, () -> parse("--nodes", "2"));
        assertThrows(UsageException.class, () -> parse("--node-size", "4,32Gi,110"));
    }
}
