package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.fairness.BootstrapFlows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerLimitsTest {
    private static final Pattern NAME = Pattern.compile("`(\\w+)\\*?`");

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
        "connections: 99999999999", "connections: [", "reads:", "- reads: 7",
        "reads 7"})
    void whatMakesNoSenseIsRefused(String yaml) {
        assertThrows(IllegalArgumentException.class, () -> ServerLimits.parse(yaml));
    }

    /** The page for those who run a server names every limit and its usual value. */
    @Test
    void eachIsDocumented() throws IOException {
        String page = Files.readString(Path.of("../docs/operations.md"));
        ServerLimits.documented().forEach((name, value) -> assertEquals(value.toString(), told(page, name), name));
    }

    /** Each limit has a metric, and the server shows those that the page names. */
    @Test
    void eachIsMeasured(@TempDir Path folder) throws Exception {
        var rows = Files.readString(Path.of("../docs/operations.md")).lines()
                .dropWhile(line -> !line.equals("| limit | usual | what is beyond it | metric |")).skip(2)
                .takeWhile(line -> line.startsWith("| `")).toList();
        String shown;
        try (var server = TestServer.in(folder); var client = RawClient.admin(server)) {
            new BootstrapFlows(server.registry().api()).step(Instant.EPOCH);
            client.send("GET", "/api/v1/configmaps", "Accept: */*", ""); // so that there is a count of requests
            shown = client.send("GET", "/metrics", "Accept: */*", "").body();
        }
        assertFalse(rows.isEmpty());
        for (String row : rows) {
            var metrics = NAME.matcher(row.split("\\|")[4]).results().map(match -> match.group(1))
                    .filter(name -> name.contains("_")).toList();
            assertFalse(metrics.isEmpty(), row);
            for (String metric : metrics) {
                assertTrue(shown.contains("# TYPE " + metric), metric);
            }
        }
    }

    /** The value beside a name: in the second cell of its own row, or behind it in parentheses. */
    private static String told(String page, String name) {
        for (String row : page.lines().filter(line -> line.startsWith("| `")).toList()) {
            String[] cells = row.split("\\|");
            var names = NAME.matcher(cells[1]).results().map(match -> match.group(1)).toList();
            if (names.contains(name)) {
                return cells[2].strip().split(", ")[names.indexOf(name)];
            }
        }
        return Pattern.compile("`" + name + "` \\(([0-9]+)\\)").matcher(page).results().map(match -> match.group(1))
                .findFirst().orElse("");
    }
}
