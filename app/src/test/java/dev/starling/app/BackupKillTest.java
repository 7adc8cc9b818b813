package dev.starling.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.starling.store.Backup;
import dev.starling.store.Codec;
import dev.starling.store.CorruptStoreException;
import dev.starling.store.MemoryStore;
import dev.starling.store.StoreSettings;
import dev.starling.store.Write;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code starling backup}, killed while the server still sends. */
class BackupKillTest {
    private static final Codec<byte[]> BYTES = new Codec<>() {
        @Override
        public byte[] encode(byte[] value) {
            return value;
        }

        @Override
        public byte[] decode(byte[] bytes) {
            return bytes;
        }
    };

    @TempDir
    private Path folder;

    private static byte[] backup() throws IOException {
        try (var store = new MemoryStore<byte[]>(StoreSettings.defaults(), InstantSource.system())) {
            for (int i = 0; i < 100; i++) {
                store.commit(Write.create("core/configmaps/a/" + i, at -> new byte[10_000]));
            }
            var out = new ByteArrayOutputStream();
            Backup.write(store, BYTES, out);
            return out.toByteArray();
        }
    }

    /** Sends some of a backup, and the rest once it is told to. */
    private static HttpServer serve(byte[] whole, int first, CountDownLatch rest) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/starling/backup", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write(whole, 0, first);
                exchange.getResponseBody().flush();
                rest.await();
                exchange.getResponseBody().write(whole, first, whole.length - first);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        server.start();
        return server;
    }

    private Program command(int port, Path file) throws IOException {
        var kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                {"apiVersion": "v1", "kind": "Config", "current-context": "c",
                 "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
                 "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:%d"}}],
                 "users": [{"name": "u", "user": {"token": "t"}}]}
                """.formatted(port));
        UnaryOperator<String> ours = path -> String.join(File.pathSeparator, List.of(path.split(File.pathSeparator))
                .stream().filter(entry -> !entry.endsWith("test-classes")).toList());
        return Program.start(folder, Map.of(), List.of(ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx128m", "-cp", ours.apply(System.getProperty("java.class.path")),
                dev.starling.cli.Main.class.getName(), "backup", file.toString(), "--kubeconfig",
                kubeconfig.toString()));
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    @Test
    void leavesNoFileThatRestoreTakes() throws Exception {
        byte[] whole = backup();
        var rest = new CountDownLatch(1);
        var file = folder.resolve("monday.backup");
        var part = folder.resolve("monday.backup.part");
        var server = serve(whole, whole.length - 40, rest);
        try {
            try (var killed = command(server.getAddress().getPort(), file)) {
                Eventually.see("most of it lies in the part", killed::err, _ -> size(part) > whole.length / 2);
                killed.kill();
            }
            assertFalse(Files.exists(file));
            assertThrows(CorruptStoreException.class, () -> Backup.restore(part, folder.resolve("store")));
            assertFalse(Files.exists(folder.resolve("store")));
            rest.countDown();
            try (var again = command(server.getAddress().getPort(), file)) {
                again.answer().succeeded();
            }
            assertFalse(Files.exists(part));
            assertEquals(whole.length, Files.size(file));
            assertTrue(Backup.restore(file, folder.resolve("store")) > 0);
        } finally {
            rest.countDown();
            server.stop(0);
        }
    }
}
