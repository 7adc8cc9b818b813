package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerLimitsTest {

    @Test
    void whatIsNotSaidIsAsUsual() {
        var limits = ServerLimits.parse("connections: 7\nheadSeconds: 3\n");
        assertEquals(7, limits.connections());
        assertEquals(Duration.ofSeconds(3), limits.head());
        assertEquals(ServerLimits.DEFAULT.bodyBytes(), limits.bodyBytes());
        assertEquals(ServerLimits.DEFAULT, ServerLimits.parse(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"connection: 7", "connections: 0", "connections: -1", "connections: x", "connections: 1.5",
        "connections: 99999999999", "connections: [", "reads:"})
    void whatMakesNoSenseIsRefused(String yaml) {
        assertThrows(IllegalArgumentException.class, () -> ServerLimits.parse(yaml));
    }

    /** The page for those who run a server names every limit and its usual value. */
    @Test
    void eachIsDocumented() throws IOException {
        String page = Files.readString(Path.of("../docs/operations.md"));
        ServerLimits.documented().forEach((name, value) -> {
            assertTrue(page.contains("`" + name + "`"), name);
            assertTrue(page.contains(value.toString()), name + " " + value);
        });
    }
}
