package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.apiserver.registry.ObjectCodec;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.object.Kinds;
import dev.starling.store.Backup;
import dev.starling.store.DiskStore;
import dev.starling.store.StoreSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupPageTest {
    @TempDir
    private Path folder;

    @Test
    void aLiveServerIsBackedUpOverHttpAndServesTheSameAfterARestore() throws Exception {
        var file = folder.resolve("file");
        String before;
        try (var server = TestServer.in(folder.resolve("one")); var client = server.client();
                var out = Files.newOutputStream(file)) {
            client.download("/starling/backup", out);
            before = client.list(ListQuery.all(Kinds.NAMESPACES)).resourceVersion();
        }
        Backup.restore(file, folder.resolve("store"));
        var store = DiskStore.open(folder.resolve("store"), new ObjectCodec(), StoreSettings.defaults(),
                InstantSource.system());
        try (store; var server = new TestServer(folder.resolve("two"),
                ServerSettings.DEFAULT.at("127.0.0.1", 0), TestRegistry.over(store)); var client = server.client()) {
            var list = client.list(ListQuery.all(Kinds.NAMESPACES));
            assertTrue(list.items().stream().anyMatch(namespace -> namespace.name().equals("default")));
            assertTrue(Long.parseLong(list.resourceVersion()) > Long.parseLong(before));
        }
    }

    @Test
    void nobodyElseGetsABackup() throws Exception {
        try (var server = TestServer.in(folder); var stranger = RawClient.anonymous(server)) {
            assertEquals(401, stranger.send("GET", "/starling/backup", "Accept: */*", "").status());
        }
    }
}
