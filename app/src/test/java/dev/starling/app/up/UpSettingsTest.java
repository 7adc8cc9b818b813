package dev.starling.app.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.app.options.Arguments.UsageException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UpSettingsTest {
    private static final Path USUAL = Path.of("usual");

    private static UpSettings parse(String... words) {
        return UpSettings.parse(List.of(words), USUAL);
    }

    @Test
    void hasADefaultForEveryOption() {
        assertEquals(new UpSettings(USUAL, "127.0.0.1", 6443, UpSettings.Runtime.CONTAINERD, true, List.of(), 2,
                OpsSettings.NONE),
                parse());
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
}
