package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand connections that say nothing, and one client that works. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class IdleConnectionsTest {
    private static final int WANTED = 10_000;
    private static final long MOST_BYTES_EACH = 64 << 10;

    @Test
    @Tag("slow")
    void tenThousandIdleConnectionsTakeLittleAndHurtNobody(@TempDir Path folder) throws Exception {
        // Both ends are in this process.
        int count = Math.min(WANTED, (files() - 1_000) / 2);
        try (var server = new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0).within(
                ServerLimits.parse("{connections: 20000, headSeconds: 200, connectionIdleSeconds: 200}")));
                var neighbour = RawClient.admin(server)) {
            greet(neighbour);
            long before = used();
            var idle = new ArrayList<SocketChannel>();
            try {
                open(count, server.port(), idle, neighbour);
                long each = (used() - before) / count;
                assertTrue(each < MOST_BYTES_EACH, () -> each + " bytes for each of " + count);
                greet(neighbour);
                try (var another = RawClient.admin(server)) {
                    greet(another);
                }
            } finally {
                close(idle);
            }
        }
    }

    private static void open(int count, int port, List<SocketChannel> idle, RawClient neighbour) throws IOException {
        for (int i = 0; i < count; i++) {
            idle.add(SocketChannel.open(new InetSocketAddress("127.0.0.1", port)));
            if (i % 100 == 0) {
                greet(neighbour);
            }
        }
    }

    private static void greet(RawClient client) throws IOException {
        long start = System.nanoTime();
        assertEquals(200, client.send("GET", "/api/v1/namespaces/default/configmaps", "Accept: */*", "").status());
        long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertTrue(ms < 5_000, () -> "it waited " + ms + " ms");
    }

    private static int files() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .mapToInt(line -> (int) Math.min(Long.parseLong(line.split("\\s{2,}")[1]
                        .replace("unlimited", "1000000")), 1_000_000)).findFirst().orElse(1_024);
    }

    private static long used() {
        ManagementFactory.getMemoryMXBean().gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void close(List<SocketChannel> channels) throws IOException {
        for (var channel : channels) {
            // Reset rather than linger: thousands of closed ones would take up the ports of others.
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.close();
        }
    }
}
